// CUDA kernels that pass over an array once where libtorch's operators pass several times. NVRTC,
// which comes with libtorch, compiles them once for each device and type of weights, so neither
// headers nor another compiler are needed. CudaKernels launches them and documents them.
//
// Every parameter has eight bytes. Pictures are channels last: (B, H, W, C) in memory. Numbers are
// `scalar`s; computations are in float32. Memory is read and written in packs of 16 bytes, so C is a
// multiple of WIDTH. The order of sums depends only on shapes, so every run gives the same results.

#ifdef FLOAT16
typedef unsigned short scalar;  // the bits, because NVRTC has no half without CUDA's headers
#define WIDTH 8
#else
typedef float scalar;
#define WIDTH 4
#endif

typedef long long int64;

#define WARP 32
#define ALL_LANES 0xffffffffu

struct __align__(16) Pack {
  scalar of[WIDTH];
};

__device__ __forceinline__ float widen(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

__device__ __forceinline__ float widen(float value) { return value; }

__device__ __forceinline__ void narrow(float value, unsigned short& bits) {
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
}

__device__ __forceinline__ void narrow(float value, float& same) { same = value; }

// WIDTH numbers at an address.
struct Floats {
  float of[WIDTH];

  __device__ __forceinline__ Floats(float value) {
#pragma unroll
    for (int k = 0; k < WIDTH; k++) of[k] = value;
  }

  __device__ __forceinline__ Floats(const scalar* from) {
    Pack pack = *reinterpret_cast<const Pack*>(from);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) of[k] = widen(pack.of[k]);
  }

  __device__ __forceinline__ void store(scalar* to) const {
    Pack pack;
#pragma unroll
    for (int k = 0; k < WIDTH; k++) narrow(of[k], pack.of[k]);
    *reinterpret_cast<Pack*>(to) = pack;
  }
};

// Reads numbers, or gives zeros for a null pointer.
__device__ __forceinline__ Floats or_zeros(const scalar* base, int64 offset) {
  return base == nullptr ? Floats(0.f) : Floats(base + offset);
}

__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2)
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  return value;
}

__device__ __forceinline__ float sigmoid(float x) { return __fdividef(1.f, 1.f + __expf(-x)); }

// The normal distribution's cumulative function, which makes GELU: x * normal_cdf(x).
__device__ __forceinline__ float normal_cdf(float x) {
  return 0.5f * (1.f + erff(x * 0.70710678118654752f));
}

__device__ __forceinline__ float normal_pdf(float x) {
  return 0.39894228040143268f * __expf(-0.5f * x * x);
}

// ---------------------------------------------------------------------------------------------
// Group norm. A sample's positions are cut into chunks, one for each block of the grid's row. The
// threads of a block are (lanes, C / WIDTH): a thread has WIDTH channels of every lanes-th position.
// Moments are computed from the first sample to the last and used from the last to the first, because
// the samples that were read last are still in the cache.

__device__ __forceinline__ int sample_from_first() { return blockIdx.y; }

__device__ __forceinline__ int sample_from_last() { return gridDim.y - 1 - blockIdx.y; }

struct Chunk {
  int begin;
  int end;

  __device__ Chunk(int index, int chunks, int positions)
      : begin((int)((int64)positions * index / chunks)),
        end((int)((int64)positions * (index + 1) / chunks)) {}
};

struct Place {
  int channels;
  int lanes;
  int lane;
  int channel;  // the first one of the thread
  int sample;
  int64 base;  // where the thread's channels of the sample begin
  Chunk chunk;

  __device__ Place(int channels, int positions, int sample)
      : channels(channels),
        lanes(blockDim.x / (channels / WIDTH)),
        lane(threadIdx.x / (channels / WIDTH)),
        channel(threadIdx.x % (channels / WIDTH) * WIDTH),
        sample(sample),
        base((int64)sample * positions * channels + channel),
        chunk(blockIdx.x, gridDim.x, positions) {}
};

// Sums two numbers for each channel over a block's lanes and over the channels of each group.
__device__ void sum_by_group(
    const Place& place, int groups, const Floats& first, const Floats& second, float2* sums) {
  extern __shared__ float shared[];
  float* firsts = shared;
  float* seconds = shared + place.lanes * place.channels;
  int own = place.lane * place.channels + place.channel;
#pragma unroll
  for (int k = 0; k < WIDTH; k++) {
    firsts[own + k] = first.of[k];
    seconds[own + k] = second.of[k];
  }
  __syncthreads();
  int width = place.channels / groups;
  int warps = blockDim.x / WARP;  // an incomplete last warp stays idle
  int warp = threadIdx.x / WARP;
  if (warp >= warps) return;
  for (int group = warp; group < groups; group += warps) {
    float a = 0, b = 0;
    for (int i = threadIdx.x % WARP; i < width * place.lanes; i += WARP) {
      int at = i / width * place.channels + group * width + i % width;
      a += firsts[at];
      b += seconds[at];
    }
    a = warp_sum(a);
    b = warp_sum(b);
    if (threadIdx.x % WARP == 0) sums[group] = make_float2(a, b);
  }
}

// Computes partial (B, chunks, groups): the sums of x + added and of its squared deviations from the
// chunk's mean.
extern "C" __global__ void __launch_bounds__(640) group_norm_moments(
    const scalar* x, const scalar* added, int64 added_stride, float2* partial, int64 channels,
    int64 positions, int64 groups) {
  Place place(channels, positions, sample_from_first());
  Floats more = or_zeros(added, place.sample * added_stride + place.channel);
  Floats sums(0.f), squares(0.f);
#pragma unroll 4
  for (int p = place.chunk.begin + place.lane; p < place.chunk.end; p += place.lanes) {
    Floats value(x + place.base + (int64)p * place.channels);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float v = value.of[k] + more.of[k];
      sums.of[k] += v;
      squares.of[k] += v * v;
    }
  }
  float2* own = partial + ((int64)blockIdx.y * gridDim.x + blockIdx.x) * groups;
  sum_by_group(place, groups, sums, squares, own);
  __syncthreads();
  float count = (float)(place.chunk.end - place.chunk.begin) * (place.channels / (int)groups);
  for (int group = threadIdx.x; group < groups; group += blockDim.x) {
    float2 moments = own[group];
    moments.y = fmaxf(moments.y - moments.x * moments.x / count, 0.f);
    own[group] = moments;
  }
}

// Computes mean and 1 / standard deviation of each group of a sample from the moments of its chunks.
__device__ void combine_moments(
    const float2* partial, int chunks, int positions, int groups, int width, float epsilon,
    float2* statistics) {
  int warps = blockDim.x / WARP, warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
  if (warp >= warps) return;
  float count = (float)positions * width;
  for (int group = warp; group < groups; group += warps) {
    float sum = 0;
    for (int i = lane; i < chunks; i += WARP) sum += partial[i * groups + group].x;
    float mean = warp_sum(sum) / count;
    float deviation = 0;
    for (int i = lane; i < chunks; i += WARP) {
      Chunk chunk(i, chunks, positions);
      float of_chunk = (float)(chunk.end - chunk.begin) * width;
      float2 moments = partial[i * groups + group];
      float distance = moments.x / of_chunk - mean;
      deviation += moments.y + of_chunk * distance * distance;
    }
    deviation = warp_sum(deviation);
    if (lane == 0) statistics[group] = make_float2(mean, rsqrtf(deviation / count + epsilon));
  }
}

// Computes y = normalised (x + added) * weight + bias, with optional SiLU. statistics (B, groups).
extern "C" __global__ void __launch_bounds__(640) group_norm(
    const scalar* x, const scalar* added, int64 added_stride, const float2* partial, int64 chunks,
    const scalar* weight, const scalar* bias, scalar* y, float2* statistics, int64 channels,
    int64 positions, int64 groups, double epsilon, int64 silu) {
  extern __shared__ float2 of_groups[];
  Place place(channels, positions, sample_from_last());
  int width = place.channels / (int)groups;
  combine_moments(
      partial + (int64)place.sample * chunks * groups, chunks, positions, groups, width, epsilon,
      of_groups);
  __syncthreads();
  if (blockIdx.x == 0)
    for (int group = threadIdx.x; group < groups; group += blockDim.x)
      statistics[place.sample * groups + group] = of_groups[group];

  Floats scale(weight + place.channel), shift(bias + place.channel);
  Floats more = or_zeros(added, place.sample * added_stride + place.channel);
#pragma unroll
  for (int k = 0; k < WIDTH; k++) {
    float2 group = of_groups[(place.channel + k) / width];
    scale.of[k] *= group.y;
    shift.of[k] += (more.of[k] - group.x) * scale.of[k];
  }
#pragma unroll 4
  for (int p = place.chunk.begin + place.lane; p < place.chunk.end; p += place.lanes) {
    int64 at = place.base + (int64)p * place.channels;
    Floats value(x + at);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float z = value.of[k] * scale.of[k] + shift.of[k];
      value.of[k] = silu ? z * sigmoid(z) : z;
    }
    value.store(y + at);
  }
}

// The part that both passes of the derivative share: normalised values and their gradients.
struct GroupNormGradient {
  Floats scale, centre, weight, bias;
  bool silu;

  __device__ GroupNormGradient(
      const Place& place, const scalar* added, int64 added_stride, const float2* statistics,
      const scalar* weights, const scalar* biases, int groups, bool silu)
      : scale(0.f),
        centre(or_zeros(added, place.sample * added_stride + place.channel)),
        weight(weights + place.channel),
        bias(biases + place.channel),
        silu(silu) {
    int width = place.channels / groups;
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float2 group = statistics[place.sample * groups + (place.channel + k) / width];
      scale.of[k] = group.y;
      centre.of[k] = (centre.of[k] - group.x) * group.y;
    }
  }

  // Turns x into the normalised value, and gradient into the gradient of that value.
  __device__ __forceinline__ void apply(Floats& x, Floats& gradient) const {
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float normalised = x.of[k] * scale.of[k] + centre.of[k];
      float z = normalised * weight.of[k] + bias.of[k];
      float s = sigmoid(z);
      float slope = silu ? s * (1.f + z * (1.f - s)) : 1.f;
      x.of[k] = normalised;
      gradient.of[k] *= slope * weight.of[k];
    }
  }
};

// Computes partial (B, chunks, groups): the sums of the normalised values' gradients, and of their
// products with the values.
extern "C" __global__ void __launch_bounds__(640) group_norm_backward_moments(
    const scalar* x, const scalar* added, int64 added_stride, const scalar* gradient,
    const float2* statistics, const scalar* weight, const scalar* bias, float2* partial,
    int64 channels, int64 positions, int64 groups, int64 silu) {
  Place place(channels, positions, sample_from_first());
  GroupNormGradient of(place, added, added_stride, statistics, weight, bias, groups, silu);
  Floats sums(0.f), products(0.f);
#pragma unroll 2
  for (int p = place.chunk.begin + place.lane; p < place.chunk.end; p += place.lanes) {
    int64 at = place.base + (int64)p * place.channels;
    Floats value(x + at), slope(gradient + at);
    of.apply(value, slope);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      sums.of[k] += slope.of[k];
      products.of[k] += slope.of[k] * value.of[k];
    }
  }
  sum_by_group(
      place, groups, sums, products,
      partial + ((int64)blockIdx.y * gridDim.x + blockIdx.x) * groups);
}

// Computes the gradient with respect to x and adds so_far, unless it is null.
extern "C" __global__ void __launch_bounds__(640) group_norm_backward(
    const scalar* x, const scalar* added, int64 added_stride, const scalar* gradient,
    const float2* statistics, const float2* partial, int64 chunks, const scalar* weight,
    const scalar* bias, const scalar* so_far, scalar* result, int64 channels, int64 positions,
    int64 groups, int64 silu) {
  extern __shared__ float2 means[];
  Place place(channels, positions, sample_from_last());
  int width = place.channels / (int)groups;
  float count = (float)positions * width;
  for (int group = threadIdx.x; group < groups; group += blockDim.x) {
    float2 sum = make_float2(0, 0);
    for (int i = 0; i < chunks; i++) {
      float2 part = partial[((int64)place.sample * chunks + i) * groups + group];
      sum.x += part.x;
      sum.y += part.y;
    }
    means[group] = make_float2(sum.x / count, sum.y / count);
  }
  __syncthreads();
  GroupNormGradient of(place, added, added_stride, statistics, weight, bias, groups, silu);
#pragma unroll 2
  for (int p = place.chunk.begin + place.lane; p < place.chunk.end; p += place.lanes) {
    int64 at = place.base + (int64)p * place.channels;
    Floats value(x + at), slope(gradient + at), before = or_zeros(so_far, at);
    of.apply(value, slope);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float2 mean = means[(place.channel + k) / width];
      before.of[k] += of.scale.of[k] * (slope.of[k] - mean.x - value.of[k] * mean.y);
    }
    before.store(result + at);
  }
}

// ---------------------------------------------------------------------------------------------
// Layer norm of (rows, C), one warp for each row. Memory is read once, later reads hit the cache.

// Computes mean and 1 / standard deviation of a row.
__device__ __forceinline__ float2 row_statistics(const scalar* row, int channels, float epsilon) {
  int first = threadIdx.x % WARP * WIDTH;
  float sum = 0;
  for (int c = first; c < channels; c += WARP * WIDTH) {
    Floats value(row + c);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) sum += value.of[k];
  }
  float mean = warp_sum(sum) / channels;
  float deviation = 0;
  for (int c = first; c < channels; c += WARP * WIDTH) {
    Floats value(row + c);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) deviation += (value.of[k] - mean) * (value.of[k] - mean);
  }
  return make_float2(mean, rsqrtf(warp_sum(deviation) / channels + epsilon));
}

extern "C" __global__ void layer_norm(
    const scalar* x, const scalar* weight, const scalar* bias, scalar* y, int64 rows,
    int64 channels, double epsilon) {
  int64 row = (int64)blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
  if (row >= rows) return;
  x += row * channels;
  y += row * channels;
  float2 statistics = row_statistics(x, channels, epsilon);
  for (int c = threadIdx.x % WARP * WIDTH; c < channels; c += WARP * WIDTH) {
    Floats value(x + c), scale(weight + c), shift(bias + c);
#pragma unroll
    for (int k = 0; k < WIDTH; k++)
      value.of[k] = (value.of[k] - statistics.x) * statistics.y * scale.of[k] + shift.of[k];
    value.store(y + c);
  }
}

extern "C" __global__ void layer_norm_backward(
    const scalar* x, const scalar* gradient, const scalar* weight, const scalar* so_far,
    scalar* result, int64 rows, int64 channels, double epsilon) {
  int64 row = (int64)blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP;
  if (row >= rows) return;
  int64 base = row * channels;
  float2 statistics = row_statistics(x + base, channels, epsilon);
  float sum = 0, product = 0;
  for (int c = threadIdx.x % WARP * WIDTH; c < channels; c += WARP * WIDTH) {
    Floats value(x + base + c), slope(gradient + base + c), scale(weight + c);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float s = slope.of[k] * scale.of[k];
      sum += s;
      product += s * (value.of[k] - statistics.x) * statistics.y;
    }
  }
  float mean = warp_sum(sum) / channels;
  float mean_product = warp_sum(product) / channels;
  for (int c = threadIdx.x % WARP * WIDTH; c < channels; c += WARP * WIDTH) {
    Floats value(x + base + c), slope(gradient + base + c), scale(weight + c);
    Floats before = or_zeros(so_far, base + c);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) {
      float normalised = (value.of[k] - statistics.x) * statistics.y;
      before.of[k] +=
          statistics.y * (slope.of[k] * scale.of[k] - mean - normalised * mean_product);
    }
    before.store(result + base + c);
  }
}

// ---------------------------------------------------------------------------------------------
// Operations on single values. A thread has one pack; `packs` is their number.

__device__ __forceinline__ unsigned pack_index() {
  return blockIdx.x * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ int64 offset_of(unsigned pack) { return (int64)pack * WIDTH; }

// Maps (rows, 2C), states then gate, to (rows, C), states * GELU(gate). packs counts the result's.
extern "C" __global__ void geglu(const scalar* x, scalar* y, int64 packs, int64 channels) {
  unsigned i = pack_index();
  if (i >= packs) return;
  int64 at = offset_of(i) + i / (unsigned)(channels / WIDTH) * channels;
  Floats states(x + at), gate(x + at + channels);
#pragma unroll
  for (int k = 0; k < WIDTH; k++) states.of[k] *= gate.of[k] * normal_cdf(gate.of[k]);
  states.store(y + offset_of(i));
}

extern "C" __global__ void geglu_backward(
    const scalar* x, const scalar* gradient, scalar* result, int64 packs, int64 channels) {
  unsigned i = pack_index();
  if (i >= packs) return;
  int64 at = offset_of(i) + i / (unsigned)(channels / WIDTH) * channels;
  Floats states(x + at), gate(x + at + channels), slope(gradient + offset_of(i));
#pragma unroll
  for (int k = 0; k < WIDTH; k++) {
    float g = gate.of[k], cdf = normal_cdf(g);
    float of_states = slope.of[k] * g * cdf;
    gate.of[k] = slope.of[k] * states.of[k] * (cdf + g * normal_pdf(g));
    states.of[k] = of_states;
  }
  states.store(result + at);
  gate.store(result + at + channels);
}

// Computes a + b + bias, where bias has one number for each channel and b may be null.
extern "C" __global__ void add_bias(
    const scalar* a, const scalar* b, const scalar* bias, scalar* y, int64 packs, int64 channels) {
  unsigned i = pack_index();
  if (i >= packs) return;
  Floats sum(a + offset_of(i)), other = or_zeros(b, offset_of(i));
  Floats more(bias + i % (unsigned)(channels / WIDTH) * WIDTH);
#pragma unroll
  for (int k = 0; k < WIDTH; k++) sum.of[k] += other.of[k] + more.of[k];
  sum.store(y + offset_of(i));
}

// Joins the channels of positions (N, C) and (N or N / 2, D), the latter twice, to (N, C + D). packs
// counts the result's.
extern "C" __global__ void join_channels(
    const scalar* first, const scalar* second, scalar* y, int64 packs, int64 first_channels,
    int64 second_channels, int64 second_positions) {
  unsigned i = pack_index();
  if (i >= packs) return;
  unsigned vectors = (first_channels + second_channels) / WIDTH;
  unsigned position = i / vectors;
  unsigned channel = i % vectors * WIDTH;
  const scalar* from = channel < first_channels
      ? first + (int64)position * first_channels + channel
      : second + (int64)(position % (unsigned)second_positions) * second_channels + channel -
          first_channels;
  *reinterpret_cast<Pack*>(y + offset_of(i)) = *reinterpret_cast<const Pack*>(from);
}

// Maps (B, H, W, C) to (B, 2H, 2W, C), every value four times. packs counts the result's.
extern "C" __global__ void upsample_twice(
    const scalar* x, scalar* y, int64 packs, int64 channels, int64 width) {
  unsigned i = pack_index();
  if (i >= packs) return;
  unsigned vectors = channels / WIDTH, columns = 2 * width;
  unsigned column = i / vectors % columns, row = i / vectors / columns;
  // A sample has an even number of rows, so half of a row's index is a row of the same sample.
  int64 from = (row / 2 * width + column / 2) * channels + i % vectors * WIDTH;
  *reinterpret_cast<Pack*>(y + offset_of(i)) = *reinterpret_cast<const Pack*>(x + from);
}
