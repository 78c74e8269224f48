// Steps of one 1s and 0s model. Inputs are 0 or 1, so a product with them is a sum of rows. Six
// digits at a time take one of 64 values: their sums are tabulated once a step and looked up (the
// method of the four Russians, Arlazarov et al. 1970), and the gradient goes back through the same
// tables. Both gradients follow from M = Xᵀ (d · active): W_input's is M ∘ W_output, W_output's the
// column sums of W_input ∘ M. The last column is the bias, always 1, and counts in the first table.
//
// Weights are (K + 1, H): W_input, then W_output; H is padded with zeros, which stay zero.

#include "kernels.hpp"

namespace {

struct ParityShape {  // as engines.py fills it
    int32_t columns, neurons, examples, plain_gradient, l1;
    double beta1, beta2, rate, decay;
};

// G: the number of tables when it is known to the compiler, else 0.
template <class T, int G> class Parity {
    static constexpr int BITS = 6, ENTRIES = 1 << BITS, V = 64 / Pack<T>::BYTES, WIDE = V * LANES<T>;  // a tile: one cache line
    typedef int8_t Small __attribute__((vector_size(LANES<T>), aligned(1), may_alias));
    const ParityShape s;
    const int digits, groups, N;
    Rates<T> rates;
    std::vector<T> memory;
    std::vector<int8_t> active;  // 0 or −1, (tiles, N, WIDE)
    T *table, *score, *d, *m;
    const uint8_t* codes;  // (N, groups): the values of the digits, six at a time

    int first(int group) const { return group * BITS; }
    int bits(int group) const { return digits - first(group) < BITS ? digits - first(group) : BITS; }
    T* entry(int group, int value) const { return table + ((size_t)group * ENTRIES + value) * WIDE; }

public:
    const int H;  // padded to whole tiles

    Parity(const ParityShape& shape, const uint8_t* codes)
        : s(shape), digits(s.columns - 1), groups((digits + BITS - 1) / BITS), N(s.examples),
          rates{T(s.rate), T(s.decay), T(s.beta1), T(s.beta2), s.l1 != 0}, codes(codes),
          H((s.neurons + WIDE - 1) / WIDE * WIDE) {
        const size_t tables = (size_t)groups * ENTRIES * WIDE, rows = (size_t)padded<T>(N);
        memory.assign(64 / sizeof(T) + tables + rows * (WIDE + 1) + (size_t)(s.columns + 1) * H, T(0));
        active.resize((size_t)N * H);
        table = memory.data() + misaligned(memory.data());
        score = table + tables;
        d = score + rows * WIDE;
        m = d + rows;
    }

    void logits(const T* w, T* out) {
        forward(w);
        for (int n = 0; n < N; n++) out[n] = total(n);
    }

    void step(T* w, T* first, T* second, const uint8_t* targets, T bias1, T bias2) {
        forward(w);
        for (int n = 0; n < N; n++) d[n] = total(n);
        loss_gradient(targets);
        for (int j = 0; j < H; j += WIDE) backward(w, j);
        update<T>((size_t)(s.columns + 1) * H, w, first, second, m, rates, bias1, bias2);
    }

private:
    T total(int n) const {
        Vec<T> sums{};
        for (int v = 0; v < V; v++) sums += at(score + (size_t)n * WIDE + v * LANES<T>);
        return sum<T>(sums);
    }

    void tabulate(const T* w, int j) const {
        for (int g = 0; g < groups; g++)
            for (int v = 0; v < WIDE; v += LANES<T>) {
                at(entry(g, 0) + v) = g ? Vec<T>{} : at(w + (size_t)digits * H + j + v);
                for (int b = 0; b < bits(g); b++) {
                    const Vec<T> row = at(w + (size_t)(first(g) + b) * H + j + v);
                    for (int e = 0; e < 1 << b; e++) at(entry(g, e | 1 << b) + v) = at(entry(g, e) + v) + row;
                }
            }
    }

    void forward(const T* w) {
        std::memset(score, 0, sizeof(T) * N * WIDE);
        for (int j = 0; j < H; j += WIDE) {
            tabulate(w, j);
            Vec<T> out[V];
            for (int v = 0; v < V; v++) out[v] = at(w + (size_t)s.columns * H + j + v * LANES<T>);
            for (int n = 0; n < N; n++) {
                const uint8_t* code = codes + (size_t)n * groups;
                Vec<T> x[V] = {};
#pragma GCC unroll 8
                for (int g = 0; g < (G ? G : groups); g++)
                    for (int v = 0; v < V; v++) x[v] += at(entry(g, code[g]) + v * LANES<T>);
                for (int v = 0; v < V; v++) {
                    at(score + (size_t)n * WIDE + v * LANES<T>) += (x[v] < 0 ? Vec<T>{} : x[v]) * out[v];
                    flag(j, n, v) = __builtin_convertvector(x[v] > 0, Small);
                }
            }
        }
    }

    Small& flag(int j, int n, int v) {
        return *reinterpret_cast<Small*>(active.data() + (size_t)j * N + (size_t)n * WIDE + v * LANES<T>);
    }

    // d holds logits and becomes the gradient of the mean loss by them: −s·sigmoid(−s·z), s = ±1.
    void loss_gradient(const uint8_t* targets) {
        const T scale = T(1) / N;
        for (int n = 0; n < N; n += LANES<T>) {
            Vec<T> sign{}, z = at(d + n);
            for (int i = 0; i < LANES<T> && n + i < N; i++) sign[i] = targets[n + i] ? 1 : -1;
            const Vec<T> u = s.plain_gradient ? z : -sign * z, tail = exponential<T>(u > 0 ? -u : u);
            const Vec<T> sigmoid = (u > 0 ? fill<T>(1) : tail) / (tail + T(1));
            at(d + n) = s.plain_gradient ? (sigmoid - (sign > 0 ? fill<T>(1) : Vec<T>{})) * scale : -sign * sigmoid * scale;
        }
    }

    void backward(const T* w, int j) {
        std::memset(table, 0, sizeof(T) * groups * ENTRIES * WIDE);
        for (int n = 0; n < N; n++) {
            const uint8_t* code = codes + (size_t)n * groups;
            for (int v = 0; v < V; v++) {
                const Mask<T> on = __builtin_convertvector(flag(j, n, v), Mask<T>);
                const Vec<T> part = (Vec<T>)((Mask<T>)fill<T>(d[n]) & on);
#pragma GCC unroll 8
                for (int g = 0; g < (G ? G : groups); g++) at(entry(g, code[g]) + v * LANES<T>) += part;
            }
        }
        for (int v = 0; v < WIDE; v += LANES<T>) collect(w, j + v, v);
    }

    // From the tables to M, and from M to the gradients of one vector of neurons.
    void collect(const T* w, int j, int v) const {
        const Vec<T> out = at(w + (size_t)s.columns * H + j);
        Vec<T> d_out{};
        auto put = [&](int row, Vec<T> value) {
            d_out += value * at(w + (size_t)row * H + j);
            at(m + (size_t)row * H + j) = value * out;
        };
        for (int g = 0; g < groups; g++)
            for (int b = bits(g) - 1; b >= 0; b--) {
                Vec<T> with{};
                for (int e = 0; e < 1 << b; e++) {
                    with += at(entry(g, e | 1 << b) + v);
                    at(entry(g, e) + v) += at(entry(g, e | 1 << b) + v);
                }
                put(first(g) + b, with);
            }
        put(digits, at(entry(0, 0) + v));
        at(m + (size_t)s.columns * H + j) = d_out;
    }
};

template <class T>
void parity(const ParityShape* shape, T* w, T* first, T* second, const uint8_t* codes, const uint8_t* targets,
            const T* bias1, const T* bias2, int32_t steps) {
    FlushSubnormals guard;
    const auto train = [&](auto model) {
        for (int t = 0; t < steps; t++) model.step(w, first, second, targets, bias1[t], bias2[t]);
    };
    if (shape->columns == 31) train(Parity<T, 5>(*shape, codes));
    else train(Parity<T, 0>(*shape, codes));
}

}  // namespace

extern "C" {
int32_t parity_lanes(int32_t bytes) { return 64 / bytes; }
void parity_float32(const ParityShape* s, float* w, float* m, float* v, const uint8_t* codes, const uint8_t* targets,
                    const float* bias1, const float* bias2, int32_t steps) {
    parity<float>(s, w, m, v, codes, targets, bias1, bias2, steps);
}
void parity_logits_float32(const ParityShape* s, const float* w, const uint8_t* codes, float* out) {
    FlushSubnormals guard;
    Parity<float, 0>(*s, codes).logits(w, out);
}
void parity_float64(const ParityShape* s, double* w, double* m, double* v, const uint8_t* codes, const uint8_t* targets,
                    const double* bias1, const double* bias2, int32_t steps) {
    parity<double>(s, w, m, v, codes, targets, bias1, bias2, steps);
}
void parity_logits_float64(const ParityShape* s, const double* w, const uint8_t* codes, double* out) {
    FlushSubnormals guard;
    Parity<double, 0>(*s, codes).logits(w, out);
}
}
