// What both kernels share: vectors, exp, and one AdamW update. The fast path of engines.py, whose
// eager path computes the same; deterministic, whatever the number of threads.
//
// Loshchilov and Hutter 2019 for the decoupled decay.
//
// Dimensions, as in models.py:
//     N examples    K input columns    H hidden neurons    P outputs    D embedding size

#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>
#if defined(__SSE__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define WIDEST 64
#else
#define WIDEST 32
#endif
#ifndef FLOAT_BYTES
#define FLOAT_BYTES WIDEST
#endif

namespace {

template <class T> struct Pack;
template <> struct Pack<float> {
    static constexpr int BYTES = FLOAT_BYTES;  // of a vector
    typedef float V __attribute__((vector_size(BYTES), aligned(4), may_alias));
    typedef int32_t I __attribute__((vector_size(BYTES), aligned(4), may_alias));
    typedef int32_t Int;
    static constexpr float MAGIC = 12582912.0f, LOW = -87.0f, LN2_HIGH = 0.693359375f, LN2_LOW = -2.12194440e-4f;
    static constexpr int MANTISSA = 23, TERMS = 7;
};
template <> struct Pack<double> {
    static constexpr int BYTES = WIDEST;
    typedef double V __attribute__((vector_size(BYTES), aligned(8), may_alias));
    typedef int64_t I __attribute__((vector_size(BYTES), aligned(8), may_alias));
    typedef int64_t Int;
    static constexpr double MAGIC = 6755399441055744.0, LOW = -708.0, LN2_HIGH = 6.93145751953125e-1,
                            LN2_LOW = 1.42860682030941723212e-6;
    static constexpr int MANTISSA = 52, TERMS = 13;
};
template <class T> using Vec = typename Pack<T>::V;
template <class T> using Mask = typename Pack<T>::I;
template <class T> constexpr int LANES = Pack<T>::BYTES / sizeof(T);

template <class T> inline Vec<T>& at(T* p) { return *reinterpret_cast<Vec<T>*>(p); }
template <class T> inline const Vec<T>& at(const T* p) { return *reinterpret_cast<const Vec<T>*>(p); }
template <class T> inline Vec<T> fill(T x) { return Vec<T>{} + x; }
template <class T> inline T sum(Vec<T> v) {
    T total = 0;
    for (int i = 0; i < LANES<T>; i++) total += v[i];
    return total;
}

// Subnormal numbers cost a hundred cycles each and change nothing here: moments of dead weights.
class FlushSubnormals {
#if defined(__SSE__)
    unsigned before = _mm_getcsr();
public:
    FlushSubnormals() { _mm_setcsr(before | 0x8040); }
    ~FlushSubnormals() { _mm_setcsr(before); }
#endif
};

// exp by Cody and Waite's reduction and Taylor's series on |r| ≤ ln 2 / 2; at least exp(LOW).
template <class T> inline Vec<T> exponential(Vec<T> x) {
    using P = Pack<T>;
    constexpr T INVERSE[] = {1, 1, T(1) / 2, T(1) / 6, T(1) / 24, T(1) / 120, T(1) / 720, T(1) / 5040,
                             T(1) / 40320, T(1) / 362880, T(1) / 3628800, T(1) / 39916800,
                             T(1) / 479001600, T(1) / 6227020800};
    x = x < P::LOW ? fill<T>(P::LOW) : x;
    Vec<T> shifted = x * T(1.4426950408889634) + P::MAGIC, n = shifted - P::MAGIC;
    Vec<T> r = x - n * P::LN2_HIGH - n * P::LN2_LOW, value = fill<T>(INVERSE[P::TERMS]);
#pragma GCC unroll 16
    for (int k = P::TERMS - 1; k >= 0; k--) value = value * r + INVERSE[k];
    return (Vec<T>)((Mask<T>)value + ((Mask<T>)shifted << P::MANTISSA));
}

template <class T> inline Vec<T> root(Vec<T> v) {
#if defined(__AVX512F__)
    if constexpr (sizeof(v) == 64 && sizeof(T) == 4) return (Vec<T>)_mm512_sqrt_ps((__m512)v);
    else if constexpr (sizeof(v) == 64) return (Vec<T>)_mm512_sqrt_pd((__m512d)v);
    else
#endif
#if defined(__AVX__)
    if constexpr (sizeof(T) == 4) return (Vec<T>)_mm256_sqrt_ps((__m256)v);
    else return (Vec<T>)_mm256_sqrt_pd((__m256d)v);
#else
    for (int i = 0; i < LANES<T>; i++) v[i] = std::sqrt(v[i]);
    return v;
#endif
}

// `n` rounded up to whole vectors.
template <class T> int padded(int n) { return (n + LANES<T> - 1) / LANES<T> * LANES<T>; }

// How many numbers to skip for the next cache line to begin.
template <class T> size_t misaligned(const T* p) { return (64 - (uintptr_t)p % 64) % 64 / sizeof(T); }


template <class T> struct Rates {
    T rate, decay, beta1, beta2;
    bool l1;
};

constexpr double EPSILON = 1e-8;

// One AdamW update of `count` numbers (whole vectors) with their gradient.
template <class T>
void update(size_t count, T* w, T* first, T* second, const T* gradient, Rates<T> o, T bias1, T bias2) {
    const T shrink = o.l1 ? T(1) : T(1) - o.rate * o.decay, size = o.rate * bias1;
    for (size_t i = 0; i < count; i += LANES<T>) {
        Vec<T> g = at(gradient + i), weight = at(w + i);
        if (o.l1) g += (weight > 0 ? fill<T>(o.decay) : Vec<T>{}) - (weight < 0 ? fill<T>(o.decay) : Vec<T>{});
        const Vec<T> m = at(first + i) + (T(1) - o.beta1) * (g - at(first + i));
        const Vec<T> v = o.beta2 * at(second + i) + (T(1) - o.beta2) * g * g;
        at(first + i) = m;
        at(second + i) = v;
        at(w + i) = weight * shrink - m / (root<T>(v) * bias2 + T(EPSILON)) * size;
    }
}

}  // namespace
