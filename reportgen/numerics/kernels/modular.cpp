// Steps of one modular-addition model, a block of examples at a time, so that everything stays in the
// processor's cache; or on several threads, which keep the activations of all examples to share the
// gradients. Inputs are pairs of tokens: a product with them is a sum of two rows.
//
// Rows of matrices are padded with zeros to whole vectors; the padding stays zero
// because its gradient is. Projections are stored as (H, D).

#define FLOAT_BYTES 32  // 24 neurons fill three of these; two wider ones would waste a quarter
#include "products.hpp"
#include "team.hpp"

namespace {

using Member = Team::Member;

template <class T> struct Trained {  // a trained matrix with its moments, inside the run's padded vector
    Matrix<T> w, first, second;

    // Rows from `row` on, in the columns `part`; row 0 of the gradient belongs to row `row`.
    void step(Matrix<T> gradient, Rates<T> o, T bias1, T bias2, int row, int rows, Range part) const {
        for (int i = 0; i < rows; i++)
            update(part.size(), w.row(row + i) + part.from, first.row(row + i) + part.from,
                   second.row(row + i) + part.from, gradient.row(i) + part.from, o, bias1, bias2);
    }
};

template <class T> Matrix<const T> read(Matrix<T> m) { return {m.data, m.stride}; }

struct Shape {  // as engines.py fills it
    int32_t modulus, embedding, neurons, examples;
    int32_t tied, collapsed_in, collapsed_out, projections;  // projections: 0, 1 shared, 2
    int32_t plain_gradient, l1, threads;
    double beta1, beta2, rate, decay;
};

template <class T> class Modular {
    const Shape s;
    const int P, D, H, h, K, chunk;  // D and h: padded; chunk: examples whose activations are kept
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
        Trained<T> t{{w, width}, {first, width}, {second, width}};
        w += count, first += count, second += count;
        return t;
    }

public:
    Modular(const Shape& shape, T* w, T* first, T* second, const T* frozen, const int32_t* rows,
            const int32_t* targets)
        : s(shape), P(s.modulus), D(padded<T>(s.embedding)), H(s.neurons), h(padded<T>(H)),
          K(s.projections == 2 ? 2 * P : P), chunk(s.threads > 1 ? s.examples : BLOCK), circle(frozen),
          rows(rows), targets(targets), rates{T(s.rate), T(s.decay), T(s.beta1), T(s.beta2), s.l1 != 0} {
        const int wide = padded<T>(P);
        const size_t size = (size_t)(2 * K + 2 * P + 2 * chunk) * h + (size_t)(h + chunk) * wide +
                            (size_t)(3 * H + SLICE) * D;
        memory.assign(size + 64 / sizeof(T), T(0));
        size_t used = misaligned(memory.data());
        w_input = take(used, K, h), d_input = take(used, K, h);
        w_output_t = take(used, P, h), d_output_t = take(used, P, h);
        hidden = take(used, chunk, h), d_hidden = take(used, chunk, h);
        w_output = take(used, h, wide), d_logits = take(used, chunk, wide);
        d_factor = take(used, 3 * H + SLICE, D);
        if (!circle) embed = place(w, first, second, P, D);
        if (!circle && !s.tied) unembed = place(w, first, second, P, D);
        for (int i = 0; i < s.projections; i++) in_proj[i] = place(w, first, second, H, D);
        if (!s.collapsed_out) out_proj = place(w, first, second, H, D);
        if (s.collapsed_in) w_input = embed.w;
        if (s.collapsed_out) w_output_t = {const_cast<T*>(unembedding().data), D};
    }

    // Every member of the team calls this. They share tokens, then examples, then rows of the gradients,
    // then columns of the embedding: each number is summed by one of them, in one order and in the same
    // tile of its product. So the bits do not depend on how many they are.
    void step(const Member& member, T bias1, T bias2) {
        const Range tokens = member.share(P, 8), inputs = member.share(K), wide = member.share(tiles<T>(D));
        effective(tokens);
        std::memset(d_input.row(inputs.from), 0, sizeof(T) * inputs.size() * h);
        member.meet();
        for (int start = 0; start < s.examples; start += chunk) {
            const int count = std::min(chunk, s.examples - start);
            const Range part = member.share(count, 8);
            for (int i = part.from; i < part.to; i += BLOCK)
                activations(start, {i, std::min(part.to, i + BLOCK)});
            member.meet();
            for (int i = 0; i < count; i += BLOCK)
                collect(start, {i, std::min(count, i + BLOCK)}, tokens, inputs);
        }
        member.meet();
        factors({tile_start<T>(D, wide.from), tile_start<T>(D, wide.to)}, bias1, bias2);
        member.meet();
    }

private:
    Matrix<const T> embedding() const { return circle ? Matrix<const T>{circle, D} : read(embed.w); }
    Matrix<const T> unembedding() const { return s.tied ? embedding() : read(unembed.w); }

    void effective(Range tokens) {
        const int first = tokens.from, count = tokens.size();
        for (int i = 0; i < s.projections; i++)
            multiply_turned<T>(count, H, D, embedding().from(first), read(in_proj[i].w),
                               {w_input.row(i * P + first), h});
        if (!s.collapsed_out)
            multiply_turned<T>(count, H, D, unembedding().from(first), read(out_proj.w), w_output_t.from(first));
        for (int p = first; p < tokens.to; p++)
            for (int j = 0; j < H; j++) w_output.row(j)[p] = w_output_t.row(p)[j];
    }

    // Of a block of the chunk that begins at `start`: hidden activations, and the gradients of the
    // logits and of the hidden pre-activations.
    void activations(int start, Range block) {
        for (int i = block.from; i < block.to; i++) {
            const T *a = w_input.row(rows[2 * (start + i)]), *b = w_input.row(rows[2 * (start + i) + 1]);
            for (int j = 0; j < h; j += LANES<T>) {
                const Vec<T> x = at(a + j) + at(b + j);
                at(hidden.row(i) + j) = x < 0 ? Vec<T>{} : x;  // keeps NaN
            }
        }
        const int count = block.size(), wide = w_output.stride;
        const Matrix<T> logits = d_logits.from(block.from), d = d_hidden.from(block.from);
        multiply<T, false>(count, H, wide, read(hidden.from(block.from)), read(w_output), logits, false);
        for (int i = block.from; i < block.to; i++) loss_gradient(d_logits.row(i), targets[start + i]);
        multiply<T, false>(count, P, h, read(logits), read(w_output_t), d, false);
        for (int i = block.from; i < block.to; i++)
            for (int j = 0; j < h; j += LANES<T>) {
                Vec<T>& gradient = at(d_hidden.row(i) + j);
                gradient = at(hidden.row(i) + j) > 0 ? gradient : Vec<T>{};
            }
    }

    // Add a block to the gradients of W_output at some tokens, and of some rows of W_input.
    void collect(int start, Range block, Range tokens, Range inputs) {
        multiply<T, true>(tokens.size(), block.size(), h, read(d_logits.from(block.from, tokens.from)),
                          read(hidden.from(block.from)), d_output_t.from(tokens.from), start + block.from > 0);
        for (int i = block.from; i < block.to; i++)
            for (int side = 0; side < 2; side++) {
                const int row = rows[2 * (start + i) + side];
                if (row < inputs.from || row >= inputs.to) continue;
                for (int j = 0; j < h; j += LANES<T>) at(d_input.row(row) + j) += at(d_hidden.row(i) + j);
            }
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

    // In some columns: gradients of the factors from those of W_input and W_output, and their updates.
    // All gradients of projections are taken before anything changes; the embedding goes a slice at a time.
    void factors(Range part, T bias1, T bias2) {
        if (!part.size()) return;
        auto gradient = [&](int i) { return d_factor.from(H * i); };
        auto product = [&](int i, Matrix<const T> d, Matrix<const T> by) {
            multiply<T, true>(H, P, part.size(), d, by.from(0, part.from), gradient(i).from(0, part.from), false);
        };
        for (int i = 0; i < s.projections; i++) product(i, read(d_input.from(i * P)), embedding());
        if (!s.collapsed_out) product(s.projections, read(d_output_t), unembedding());
        if (!circle) embeddings(part, bias1, bias2);
        for (int i = 0; i < s.projections; i++) in_proj[i].step(gradient(i), rates, bias1, bias2, 0, H, part);
        if (!s.collapsed_out) out_proj.step(gradient(s.projections), rates, bias1, bias2, 0, H, part);
    }

    void embeddings(Range part, T bias1, T bias2) {
        const Matrix<T> g = d_factor.from(3 * H);
        for (int p = 0; p < P; p += SLICE) {
            const int count = std::min(SLICE, P - p);
            in_slice(p, count, part, g);
            if (!s.tied) embed.step(g, rates, bias1, bias2, p, count, part);
            out_slice(p, count, part, g, s.tied);
            (s.tied ? embed : unembed).step(g, rates, bias1, bias2, p, count, part);
        }
    }

    void in_slice(int p, int count, Range part, Matrix<T> g) {
        if (s.collapsed_in) copy(p, count, part, read(d_input), g, false);
        for (int i = 0; i < s.projections; i++) spread(count, part, d_input.from(i * P + p), in_proj[i].w, g, i > 0);
    }

    void out_slice(int p, int count, Range part, Matrix<T> g, bool add) {
        if (s.collapsed_out) copy(p, count, part, read(d_output_t), g, add);
        else spread(count, part, d_output_t.from(p), out_proj.w, g, add);
    }

    void spread(int count, Range part, Matrix<T> d, Matrix<T> projection, Matrix<T> g, bool add) {
        multiply<T, false>(count, H, part.size(), read(d), read(projection.from(0, part.from)),
                           g.from(0, part.from), add);
    }

    void copy(int p, int count, Range part, Matrix<const T> d, Matrix<T> g, bool add) {
        for (int i = 0; i < count; i++)
            for (int j = part.from; j < part.to; j++) g.row(i)[j] = (add ? g.row(i)[j] : T(0)) + d.row(p + i)[j];
    }
};

template <class T>
void modular(const Shape* shape, T* w, T* first, T* second, const T* circle, const int32_t* rows,
             const int32_t* targets, const T* bias1, const T* bias2, int32_t steps) {
    Modular<T> model(*shape, w, first, second, circle, rows, targets);
    Team().run(shape->threads, [&](const Member& member) {
        FlushSubnormals guard;
        for (int t = 0; t < steps; t++) model.step(member, bias1[t], bias2[t]);
    });
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
