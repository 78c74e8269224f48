// Steps of one modular-addition model, a block of examples at a time, so that everything stays in
// the processor's cache. Inputs are pairs of tokens: a product with them is a sum of two rows.
//
// Rows of matrices are padded with zeros to whole vectors; the padding stays zero
// because its gradient is. Projections are stored as (H, D).

#define FLOAT_BYTES 32  // 24 neurons fill three of these; two wider ones would waste a quarter
#include "products.hpp"

namespace {

template <class T> struct Trained {  // a trained matrix with its moments, inside the run's padded vector
    Matrix<T> w, first, second;
    size_t count;
    void step(const T* gradient, Rates<T> o, T bias1, T bias2, size_t from, size_t size) const {
        update(size, w.data + from, first.data + from, second.data + from, gradient, o, bias1, bias2);
    }
};


template <class T> Matrix<const T> read(Matrix<T> m) { return {m.data, m.stride}; }

struct Shape {  // as engines.py fills it
    int32_t modulus, embedding, neurons, examples;
    int32_t tied, collapsed_in, collapsed_out, projections;  // projections: 0, 1 shared, 2
    int32_t plain_gradient, l1;
    double beta1, beta2, rate, decay;
};

template <class T> class Modular {
    const Shape s;
    const int P, D, H, h, K;  // D and h: padded
    const T* circle;
    const int32_t *rows, *targets;
    Rates<T> rates;
    std::vector<T> memory;
    Matrix<T> w_input, w_output_t, w_output, d_input, d_output_t, hidden, d_hidden, d_logits, d_factor;
    Trained<T> embed{}, unembed{}, in_proj[2]{}, out_proj{};
    static constexpr int BLOCK = 32, SLICE = 8;

    Matrix<T> take(size_t& used, int height, int width) {
        Matrix<T> m{memory.data() + used, width};
        used += (size_t)height * width;
        return m;
    }

    Trained<T> place(T*& w, T*& first, T*& second, int height, int width) {
        const size_t count = (size_t)height * width;
        Trained<T> t{{w, width}, {first, width}, {second, width}, count};
        w += count, first += count, second += count;
        return t;
    }

public:
    Modular(const Shape& shape, T* w, T* first, T* second, const T* frozen, const int32_t* rows,
            const int32_t* targets)
        : s(shape), P(s.modulus), D(padded<T>(s.embedding)), H(s.neurons), h(padded<T>(H)),
          K(s.projections == 2 ? 2 * P : P), circle(frozen), rows(rows), targets(targets),
          rates{T(s.rate), T(s.decay), T(s.beta1), T(s.beta2), s.l1 != 0} {
        const int wide = padded<T>(P);
        const size_t size = (size_t)(2 * K + 2 * P + 2 * BLOCK) * h + (size_t)(h + BLOCK) * wide +
                            (size_t)(3 * H + SLICE) * D;
        memory.assign(size + 64 / sizeof(T), T(0));
        size_t used = misaligned(memory.data());
        w_input = take(used, K, h), d_input = take(used, K, h);
        w_output_t = take(used, P, h), d_output_t = take(used, P, h);
        hidden = take(used, BLOCK, h), d_hidden = take(used, BLOCK, h);
        w_output = take(used, h, wide), d_logits = take(used, BLOCK, wide);
        d_factor = take(used, 3 * H + SLICE, D);
        if (!circle) embed = place(w, first, second, P, D);
        if (!circle && !s.tied) unembed = place(w, first, second, P, D);
        for (int i = 0; i < s.projections; i++) in_proj[i] = place(w, first, second, H, D);
        if (!s.collapsed_out) out_proj = place(w, first, second, H, D);
    }

    void step(T bias1, T bias2) {
        effective();
        std::memset(d_input.data, 0, sizeof(T) * K * h);
        std::memset(d_output_t.data, 0, sizeof(T) * P * h);
        for (int start = 0; start < s.examples; start += BLOCK) {
            const int count = s.examples - start < BLOCK ? s.examples - start : BLOCK;
            forward(start, count);
            for (int i = 0; i < count; i++) loss_gradient(d_logits.row(i), targets[start + i]);
            backward(start, count);
        }
        factors(bias1, bias2);
    }

private:
    Matrix<const T> embedding() const { return circle ? Matrix<const T>{circle, D} : read(embed.w); }
    Matrix<const T> unembedding() const { return s.tied ? embedding() : read(unembed.w); }

    void effective() {
        for (int i = 0; i < s.projections; i++)
            multiply_turned<T>(P, H, D, embedding(), read(in_proj[i].w), {w_input.row(i * P), h});
        if (s.collapsed_in) w_input = embed.w;
        if (s.collapsed_out) w_output_t = {const_cast<T*>(unembedding().data), D};
        else multiply_turned<T>(P, H, D, unembedding(), read(out_proj.w), w_output_t);
        for (int p = 0; p < P; p++)
            for (int j = 0; j < H; j++) w_output.row(j)[p] = w_output_t.row(p)[j];
    }

    void forward(int start, int count) {
        for (int i = 0; i < count; i++) {
            const T *a = w_input.row(rows[2 * (start + i)]), *b = w_input.row(rows[2 * (start + i) + 1]);
            for (int j = 0; j < h; j += LANES<T>) {
                const Vec<T> x = at(a + j) + at(b + j);
                at(hidden.row(i) + j) = x < 0 ? Vec<T>{} : x;  // keeps NaN
            }
        }
        multiply<T, false>(count, H, w_output.stride, read(hidden), read(w_output), d_logits, false);
    }

    // Logits become the gradient of the mean cross-entropy, without cancellation at the target.
    void loss_gradient(T* z, int target) const {
        const int wide = w_output.stride;
        typename Pack<T>::I lane;
        for (int i = 0; i < LANES<T>; i++) lane[i] = i;
        Vec<T>& last = at(z + wide - LANES<T>);
        last = lane < P - (wide - LANES<T>) ? last : fill<T>(T(-1e30));
        Vec<T> top = at(z);
        for (int j = LANES<T>; j < wide; j += LANES<T>) top = at(z + j) > top ? at(z + j) : top;
        T most = top[0];
        for (int i = 1; i < LANES<T>; i++) most = top[i] > most ? top[i] : most;
        Vec<T> others{}, chosen{};
        for (int j = 0; j < wide; j += LANES<T>) {
            const Vec<T> e = exponential<T>(at(z + j) - most);
            const Mask<T> here = lane + j == (typename Pack<T>::Int)target;
            const Vec<T> rest = here ? Vec<T>{} : e;
            others += rest;
            chosen += e - rest;
            at(z + j) = rest;
        }
        const T rest = sum<T>(others), own = sum<T>(chosen), scale = T(1) / ((T)s.examples * P);
        const T factor = scale / (rest + own);
        for (int j = 0; j < wide; j += LANES<T>) at(z + j) *= factor;
        z[target] = s.plain_gradient ? (own / (rest + own) - 1) * scale : -rest * factor;
    }

    void backward(int start, int count) {
        multiply<T, true>(P, count, h, read(d_logits), read(hidden), d_output_t, true);
        multiply<T, false>(count, P, h, read(d_logits), read(w_output_t), d_hidden, false);
        for (int i = 0; i < count; i++) {
            T *a = d_input.row(rows[2 * (start + i)]), *b = d_input.row(rows[2 * (start + i) + 1]);
            for (int j = 0; j < h; j += LANES<T>) {
                const Vec<T> d = at(hidden.row(i) + j) > 0 ? at(d_hidden.row(i) + j) : Vec<T>{};
                at(a + j) += d;
                at(b + j) += d;
            }
        }
    }

    // Gradients of the factors from those of W_input and W_output, and their updates. All gradients
    // of projections are taken before anything changes; the embedding goes a slice at a time.
    void factors(T bias1, T bias2) {
        const T* gradient[3] = {d_factor.row(0), d_factor.row(H), d_factor.row(2 * H)};
        for (int i = 0; i < s.projections; i++)
            multiply<T, true>(H, P, D, {d_input.row(i * P), h}, embedding(), {d_factor.row(H * i), D}, false);
        if (!s.collapsed_out)
            multiply<T, true>(H, P, D, read(d_output_t), unembedding(), {d_factor.row(H * s.projections), D}, false);
        if (!circle) embeddings(bias1, bias2);
        for (int i = 0; i < s.projections; i++) in_proj[i].step(gradient[i], rates, bias1, bias2, 0, in_proj[i].count);
        if (!s.collapsed_out) out_proj.step(gradient[s.projections], rates, bias1, bias2, 0, out_proj.count);
    }

    void embeddings(T bias1, T bias2) {
        for (int p = 0; p < P; p += SLICE) {
            const int count = P - p < SLICE ? P - p : SLICE;
            const size_t from = (size_t)p * D, size = (size_t)count * D;
            Matrix<T> g{d_factor.row(3 * H), D};
            in_slice(p, count, g);
            if (s.tied) {
                out_slice(p, count, g, true);
                embed.step(g.data, rates, bias1, bias2, from, size);
            } else {
                embed.step(g.data, rates, bias1, bias2, from, size);
                out_slice(p, count, g, false);
                unembed.step(g.data, rates, bias1, bias2, from, size);
            }
        }
    }

    void in_slice(int p, int count, Matrix<T> g) {
        if (s.collapsed_in) std::memcpy(g.data, d_input.row(p), sizeof(T) * count * D);
        for (int i = 0; i < s.projections; i++)
            multiply<T, false>(count, H, D, {d_input.row(i * P + p), h}, read(in_proj[i].w), g, i > 0);
    }

    void out_slice(int p, int count, Matrix<T> g, bool add) {
        if (!s.collapsed_out) {
            multiply<T, false>(count, H, D, {d_output_t.row(p), h}, read(out_proj.w), g, add);
            return;
        }
        for (size_t i = 0; i < (size_t)count * D; i++) g.data[i] = (add ? g.data[i] : T(0)) + d_output_t.row(p)[i];
    }
};

template <class T>
void modular(const Shape* shape, T* w, T* first, T* second, const T* circle, const int32_t* rows,
             const int32_t* targets, const T* bias1, const T* bias2, int32_t steps) {
    FlushSubnormals guard;
    Modular<T> model(*shape, w, first, second, circle, rows, targets);
    for (int t = 0; t < steps; t++) model.step(bias1[t], bias2[t]);
}

}  // namespace

extern "C" {
int32_t modular_lanes(int32_t bytes) { return bytes == 4 ? LANES<float> : LANES<double>; }
void modular_float32(const Shape* s, float* w, float* m, float* v, const float* circle, const int32_t* rows,
                     const int32_t* targets, const float* bias1, const float* bias2, int32_t steps) {
    modular<float>(s, w, m, v, circle, rows, targets, bias1, bias2, steps);
}
void modular_float64(const Shape* s, double* w, double* m, double* v, const double* circle, const int32_t* rows,
                     const int32_t* targets, const double* bias1, const double* bias2, int32_t steps) {
    modular<double>(s, w, m, v, circle, rows, targets, bias1, bias2, steps);
}
}
