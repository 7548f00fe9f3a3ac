// Command remote-read is the outside judge of Bellwether's chunk decoders.
//
//	remote-read golden [N [SEED]]       writes N chunks of every kind, made by Prometheus's own encoders, one JSON object a line
//	remote-read time FILE [SECONDS]     decodes a chunk file again and again and prints nanoseconds per sample
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// chunk is one line of golden output. Samples are given by a digest: SHA-256 over time and value bits of each, 8 + 8 bytes, big endian.
type chunk struct {
	Name     string `json:"name"`
	Encoding int    `json:"encoding"`
	Samples  int    `json:"samples"`
	Digest   string `json:"sha256"`
	Data     string `json:"data"`
}

func main() {
	if len(os.Args) < 2 {
		fail("usage: remote-read golden [N [SEED]] | time FILE [SECONDS]")
	}
	switch os.Args[1] {
	case "golden":
		golden(argument(2, 3), int64(argument(3, 1)))
	case "time":
		timeFile(os.Args[2], argument(3, 2))
	default:
		fail("unknown command " + os.Args[1])
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

func argument(index, fallback int) int {
	if len(os.Args) <= index {
		return fallback
	}
	n, err := strconv.Atoi(os.Args[index])
	if err != nil {
		fail(err.Error())
	}
	return n
}

// kinds are the shapes of values that exercise every branch of the value code.
var kinds = []struct {
	name string
	next func(r *rand.Rand, i int, v float64) float64
}{
	{"constant", func(r *rand.Rand, i int, v float64) float64 { return 42 }},
	{"cpu counter", func(r *rand.Rand, i int, v float64) float64 {
		return math.Round((v+r.Float64()*30)*1e6) / 1e6
	}},
	{"integer counter", func(r *rand.Rand, i int, v float64) float64 { return v + float64(r.Intn(1000)) }},
	{"memory gauge", func(r *rand.Rand, i int, v float64) float64 { return float64(r.Intn(1<<18)) * 4096 }},
	{"gaussian", func(r *rand.Rand, i int, v float64) float64 { return r.NormFloat64() }},
	{"any bits", func(r *rand.Rand, i int, v float64) float64 { return math.Float64frombits(r.Uint64()) }},
	{"sign and lowest bit", func(r *rand.Rand, i int, v float64) float64 {
		return math.Float64frombits(math.Float64bits(v) ^ (1<<63 | 1))
	}},
	{"special values", func(r *rand.Rand, i int, v float64) float64 {
		return []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.MaxFloat64, 5e-324,
			math.Float64frombits(value.StaleNaN), math.Float64frombits(value.NormalNaN), 1}[r.Intn(10)]
	}},
	{"often stale", func(r *rand.Rand, i int, v float64) float64 {
		if r.Intn(3) == 0 {
			return math.Float64frombits(value.StaleNaN)
		}
		return float64(r.Intn(3))
	}},
}

// steps are the ways of time: every class of the time code and its edges.
var steps = []struct {
	name string
	next func(r *rand.Rand, i int) int64
}{
	{"even", func(r *rand.Rand, i int) int64 { return 15000 }},
	{"jitter", func(r *rand.Rand, i int) int64 { return 15000 + int64(r.Intn(7)) - 3 }},
	{"edges", func(r *rand.Rand, i int) int64 {
		edges := []int64{4095, 4096, 8191, 8192, 8193, 65535, 65536, 65537, 524287, 524288, 524289, 1 << 33, 1 << 45}
		base := int64(600000)
		if i%2 == 0 {
			return base
		}
		e := edges[r.Intn(len(edges))]
		if r.Intn(2) == 0 && e < base {
			return base - e
		}
		return base + e
	}},
}

// starts are the ways of start timestamps, which only XOR2 has.
var starts = []struct {
	name string
	next func(r *rand.Rand, i int, st, t int64) int64
}{
	{"no start", func(r *rand.Rand, i int, st, t int64) int64 { return 0 }},
	{"one start", func(r *rand.Rand, i int, st, t int64) int64 { return 1_600_000_000_000 }},
	{"late start", func(r *rand.Rand, i int, st, t int64) int64 {
		if i < 30 {
			return 0
		}
		return 1_600_000_000_000 + int64(i/20)*1000
	}},
	{"every start", func(r *rand.Rand, i int, st, t int64) int64 {
		return t - []int64{1, 3, 5, 30, 200, 2000, 100_000, 1e7, 1e10, 1e13}[r.Intn(10)]
	}},
}

func golden(perKind int, seed int64) {
	r := rand.New(rand.NewSource(seed))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for _, encoding := range []chunkenc.Encoding{chunkenc.EncXOR, chunkenc.EncXOR2} {
		for _, kind := range kinds {
			for _, step := range steps {
				for _, start := range starts {
					if encoding == chunkenc.EncXOR && start.name != "no start" {
						continue
					}
					for n := 0; n < perKind; n++ {
						samples := []int{1, 2, 3, 120, 120, 200}[r.Intn(6)]
						c := makeChunk(r, encoding, samples, kind.next, step.next, start.next)
						c.Name = fmt.Sprintf("%s, %s, %s, %s", encoding, kind.name, step.name, start.name)
						if err := encoder.Encode(c); err != nil {
							fail(err.Error())
						}
					}
				}
			}
		}
	}
}

func makeChunk(r *rand.Rand, encoding chunkenc.Encoding, samples int, nextValue func(*rand.Rand, int, float64) float64,
	nextStep func(*rand.Rand, int) int64, nextStart func(*rand.Rand, int, int64, int64) int64) chunk {
	c, err := chunkenc.NewEmptyChunk(encoding)
	if err != nil {
		fail(err.Error())
	}
	app, err := c.Appender()
	if err != nil {
		fail(err.Error())
	}
	result := chunk{Encoding: int(encoding), Samples: samples}
	digest := sha256.New()
	t, v, st := int64(1_700_000_000_000)+int64(r.Intn(1e9)), r.Float64()*1e4, int64(0)
	if r.Intn(20) == 0 {
		t = -t
	}
	for i := 0; i < samples; i++ {
		if i > 0 {
			t += nextStep(r, i)
		}
		v = nextValue(r, i, v)
		st = nextStart(r, i, st, t)
		app.Append(st, t, v)
		digest.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(t)), math.Float64bits(v)))
	}
	result.Digest = hex.EncodeToString(digest.Sum(nil))
	result.Data = base64.StdEncoding.EncodeToString(c.Bytes())
	return result
}

// cpuTime of this process: unlike wall time it does not count what others use of the core.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err.Error())
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// timeFile reads a file of chunks, each one an encoding byte, a length (uint32, big endian) and its bytes.
func timeFile(path string, seconds int) {
	data, err := os.ReadFile(path)
	if err != nil {
		fail(err.Error())
	}
	var chunks []chunkenc.Chunk
	for at := 0; at < len(data); {
		length := int(binary.BigEndian.Uint32(data[at+1:]))
		c, err := chunkenc.FromData(chunkenc.Encoding(data[at]), data[at+5:at+5+length])
		if err != nil {
			fail(err.Error())
		}
		chunks = append(chunks, c)
		at += 5 + length
	}
	times, values := make([]int64, 65536), make([]float64, 65536)
	// One iterator per encoding, used again for every chunk, as Prometheus does itself.
	iterators := map[chunkenc.Encoding]chunkenc.Iterator{}
	best := math.Inf(1)
	for end := time.Now().Add(time.Duration(seconds) * time.Second); time.Now().Before(end); {
		samples := 0
		began := cpuTime()
		for _, c := range chunks {
			it := c.Iterator(iterators[c.Encoding()])
			iterators[c.Encoding()] = it
			i := 0
			for it.Next() == chunkenc.ValFloat {
				times[i], values[i] = it.At()
				i++
			}
			samples += i
		}
		best = math.Min(best, float64((cpuTime()-began).Nanoseconds())/float64(samples))
	}
	fmt.Printf("{\"nsPerSample\": %.3f, \"chunks\": %d, \"go\": %q}\n", best, len(chunks), runtime.Version())
}
