// The trained matrices of a run: their initial values, where the kernels keep them, and what they amount to.
// The counterpart of numerics/models.py and of the packing in numerics/engines.py.
//
// Dimensions as in models.py: K input columns, H hidden neurons, C outputs, P modulus, D embedding size.

#pragma once
#include <cmath>
#include <cstring>
#include <vector>

#include "examples.hpp"

namespace {

struct Place {  // one matrix in the kernels' vector: rows padded to whole vectors, or columns where turned
    enum Name { EMBED, UNEMBED, IN_A, IN_B, OUT, INPUT, OUTPUT } name;
    int rows, columns;
    bool turned;
    size_t start, width;

    size_t at(int i, int j) const { return start + (turned ? j * width + i : i * width + j); }
};

// The matrices in the order in which they are drawn.
inline std::vector<Place> layout(const Settings& s, int lanes) {
    std::vector<Place> found;
    size_t start = 0;
    auto add = [&](Place::Name name, int rows, int columns, bool turned) {
        const size_t width = ((turned ? rows : columns) + lanes - 1) / lanes * lanes;
        found.push_back({name, rows, columns, turned, start, width});
        start += width * (turned ? columns : rows);
    };
    const int p = (int)s.modulus, d = (int)s.embedding_size, h = (int)s.neurons;
    if (!s.modular) {
        add(Place::INPUT, (int)s.digits + 1, h, false);
        add(Place::OUTPUT, h, 1, true);
        return found;
    }
    if (!s.circle) add(Place::EMBED, p, d, false);
    if (!s.circle && !s.tied) add(Place::UNEMBED, p, d, false);
    if (!s.collapsed_in) add(Place::IN_A, d, h, true);
    if (!s.collapsed_in && !s.tied_in_proj) add(Place::IN_B, d, h, true);
    if (!s.collapsed_out) add(Place::OUT, h, d, false);
    return found;
}

inline size_t length(const std::vector<Place>& places) {
    const Place& last = places.back();
    return last.start + last.width * (last.turned ? last.columns : last.rows);
}

// (P, D): columns cos(2πi/P) and sin(2πi/P), each of norm 1; rows padded to `width`.
inline std::vector<double> circle_embedding(int p, int width) {
    std::vector<double> circle((size_t)p * width);
    for (int side = 0; side < 2; side++) {
        double squares = 0;
        for (int i = 0; i < p; i++) {
            const double angle = 2 * 3.141592653589793 * i / p, value = side ? std::sin(angle) : std::cos(angle);
            circle[(size_t)i * width + side] = value;
            squares += value * value;
        }
        for (int i = 0; i < p; i++) circle[(size_t)i * width + side] /= std::sqrt(squares);
    }
    return circle;
}

// The trained numbers in the order in which they are drawn: matrix by matrix, row by row.
inline std::vector<double> initial_weights(const Settings& s, const std::vector<Place>& places) {
    constexpr double TRUNCATED_SD = 0.87962566103423978, SIZE = 1e-6;  // as in models.py
    Generator generator{(uint64_t)s.seed, WEIGHTS};
    std::vector<double> weights;
    for (const Place& place : places) {
        const bool embedding = place.name == Place::EMBED || place.name == Place::UNEMBED;
        const double sigma = embedding ? std::sqrt(2.0 / place.rows) / TRUNCATED_SD : 1 / std::sqrt((double)place.rows);
        for (int i = 0; i < place.rows * place.columns; i++) weights.push_back(sigma * truncated_normal(generator));
    }
    if (s.perturbation) {
        Generator nudge{(uint64_t)s.seed, PERTURBATION, (uint64_t)s.perturbation};
        for (double& weight : weights) weight *= 1 + SIZE * truncated_normal(nudge);
    }
    return weights;
}

// Calls use(place of a number in the kernels' vector, its number in drawing order) for each.
template <class Use> void each_number(const std::vector<Place>& places, Use use) {
    size_t number = 0;
    for (const Place& place : places)
        for (int i = 0; i < place.rows; i++)
            for (int j = 0; j < place.columns; j++) use(place.at(i, j), number++);
}

// W_input (K, H) and W_output (H, C), of factors where there are some.
template <class T> class Effective {
    const Settings& s;
    const std::vector<Place>& places;
    const T *w, *circle;
    const int circle_width;

    const Place* find(Place::Name name) const {
        for (const Place& place : places)
            if (place.name == name) return &place;
        return nullptr;
    }
    T number(const Place* place, int i, int j) const {  // without a place: of the frozen circle
        return place ? w[place->at(i, j)] : circle[(size_t)i * circle_width + j];
    }
    void through(const Place* embedding, const Place& projection, T* out) const {  // (P, H) += embedding projection
        const int p = (int)s.modulus, d = (int)s.embedding_size, h = (int)s.neurons;
        for (int i = 0; i < p; i++)
            for (int k = 0; k < d; k++) {
                const T factor = number(embedding, i, k);
                for (int j = 0; j < h; j++) out[(size_t)i * h + j] += factor * w[projection.at(k, j)];
            }
    }

public:
    std::vector<T> input, output;

    Effective(const Settings& s, const std::vector<Place>& places, const T* w, const T* circle, int circle_width)
        : s(s), places(places), w(w), circle(circle), circle_width(circle_width) {
        const int p = (int)s.modulus, d = (int)s.embedding_size, h = (int)s.neurons;
        if (!s.modular) {
            each_number({places[0]}, [&](size_t at, size_t) { input.push_back(w[at]); });
            each_number({places[1]}, [&](size_t at, size_t) { output.push_back(w[at]); });
            return;
        }
        const Place *embed = find(Place::EMBED), *unembed = s.tied ? embed : find(Place::UNEMBED);
        const int halves = s.collapsed_in || s.tied_in_proj ? 1 : 2;
        input.assign((size_t)halves * p * h, 0);
        if (s.collapsed_in) each_number({*embed}, [&](size_t at, size_t n) { input[n] = w[at]; });
        else for (int half = 0; half < halves; half++)
            through(embed, *find(half ? Place::IN_B : Place::IN_A), input.data() + (size_t)half * p * h);
        output.assign((size_t)h * p, 0);
        for (int j = 0; j < h; j++)
            for (int k = 0; k < (s.collapsed_out ? 1 : d); k++) {
                const T factor = s.collapsed_out ? 1 : w[find(Place::OUT)->at(j, k)];
                for (int i = 0; i < p; i++)
                    output[(size_t)j * p + i] += factor * number(unembed, i, s.collapsed_out ? j : k);
            }
    }
};

}  // namespace
