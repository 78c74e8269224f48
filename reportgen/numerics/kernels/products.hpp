// Matrix products of the sizes that occur here: tens to hundreds of rows, in cache, one thread.

#pragma once
#include "kernels.hpp"

namespace {

template <class T> struct Matrix {  // rows of `stride` numbers
    T* data;
    int stride;
    T* row(int i) const { return data + (size_t)i * stride; }
    Matrix from(int i, int j = 0) const { return {row(i) + j, stride}; }
};

// C[MR × NV vectors] = or += A B; A is read by columns when TURNED. Everything in registers.
template <class T, bool TURNED, int MR, int NV>
inline void tile(int depth, Matrix<const T> a, int i, Matrix<const T> b, Matrix<T> c, int j, bool add) {
    Vec<T> total[MR][NV] = {};
    for (int k = 0; k < depth; k++) {
        const T* from = b.row(k) + j;
        const T* left = TURNED ? a.row(k) + i : a.row(i) + k;
#pragma GCC unroll 8
        for (int m = 0; m < MR; m++) {
            const T factor = TURNED ? left[m] : left[(size_t)m * a.stride];
#pragma GCC unroll 3
            for (int v = 0; v < NV; v++) total[m][v] += factor * at(from + v * LANES<T>);
        }
    }
#pragma GCC unroll 8
    for (int m = 0; m < MR; m++)
#pragma GCC unroll 3
        for (int v = 0; v < NV; v++) {
            Vec<T>& out = at(c.row(i + m) + j + v * LANES<T>);
            out = add ? out + total[m][v] : total[m][v];
        }
}

template <class T, bool TURNED, int NV>
void column(int rows, int depth, Matrix<const T> a, Matrix<const T> b, Matrix<T> c, int j, bool add) {
    int i = 0;
    for (; i + 8 <= rows; i += 8) tile<T, TURNED, 8, NV>(depth, a, i, b, c, j, add);
    if (i + 4 <= rows) tile<T, TURNED, 4, NV>(depth, a, i, b, c, j, add), i += 4;
    if (i + 2 <= rows) tile<T, TURNED, 2, NV>(depth, a, i, b, c, j, add), i += 2;
    if (i < rows) tile<T, TURNED, 1, NV>(depth, a, i, b, c, j, add);
}

// A product's columns are taken in tiles of three vectors, the last ones of two; a single vector is one tile.
// So some consecutive tiles, taken as a product by themselves, are the same tiles.
template <class T> int tiles(int width) { return (width / LANES<T> + 2) / 3; }
template <class T> int tile_start(int width, int tile) {
    const int from_the_end = width / LANES<T> - 2 * (tiles<T>(width) - tile);
    return (from_the_end < 0 ? 0 : from_the_end < 3 * tile ? from_the_end : 3 * tile) * LANES<T>;
}

// C (rows × width) = or += A B with A (rows × depth), or its transpose stored; width in whole vectors.
template <class T, bool TURNED>
void multiply(int rows, int depth, int width, Matrix<const T> a, Matrix<const T> b, Matrix<T> c, bool add) {
    for (int t = 0; t < tiles<T>(width); t++) {
        const int j = tile_start<T>(width, t), vectors = (tile_start<T>(width, t + 1) - j) / LANES<T>;
        if (vectors == 3) column<T, TURNED, 3>(rows, depth, a, b, c, j, add);
        else if (vectors == 2) column<T, TURNED, 2>(rows, depth, a, b, c, j, add);
        else column<T, TURNED, 1>(rows, depth, a, b, c, j, add);
    }
}

template <class T, int MR, int NR>
inline void dots(int depth, Matrix<const T> a, int i, Matrix<const T> b, int j, Matrix<T> c) {
    Vec<T> total[MR][NR] = {};
    for (int k = 0; k < depth; k += LANES<T>)
#pragma GCC unroll 4
        for (int m = 0; m < MR; m++)
#pragma GCC unroll 4
            for (int n = 0; n < NR; n++) total[m][n] += at(a.row(i + m) + k) * at(b.row(j + n) + k);
    for (int m = 0; m < MR; m++)
        for (int n = 0; n < NR; n++) c.row(i + m)[j + n] = sum<T>(total[m][n]);
}

// C (rows × columns) = A Bᵀ, both with rows of `depth` numbers in whole vectors.
template <class T>
void multiply_turned(int rows, int columns, int depth, Matrix<const T> a, Matrix<const T> b, Matrix<T> c) {
    for (int i = 0; i < rows; i += 4)
        for (int j = 0; j < columns; j += 4) {
            if (i + 4 <= rows && j + 4 <= columns) {
                dots<T, 4, 4>(depth, a, i, b, j, c);
                continue;
            }
            for (int m = i; m < rows && m < i + 4; m++)
                for (int n = j; n < columns && n < j + 4; n++) dots<T, 1, 1>(depth, a, m, b, n, c);
        }
}

}  // namespace
