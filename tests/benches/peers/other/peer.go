// The workloads in Go: see `workloads`, which say what is done, and in which order numbers are drawn at random. Argument
// one names a workload; a second one, `--quick`, asks for less. Prints what was measured as the other peers do.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"os"
	"runtime"
	"strings"
	"time"
	"weak"
)

const batch = 32

var quick = len(os.Args) > 2

func of(full, little int) int {
	if quick {
		return little
	}
	return full
}

func main() {
	runs := map[string]func(){
		"binary_trees": binaryTrees, "gcbench": gcbench, "cache": cache, "graph": graph, "short_lists": shortLists,
		"weak": weakPointers, "finalizers": finalizers,
	}
	runs[os.Args[1]]()
}

type tree struct{ left, right *tree }

func makeTree(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{makeTree(depth - 1), makeTree(depth - 1)}
}

func (t *tree) count() uint64 {
	if t == nil {
		return 0
	}
	return 1 + t.left.count() + t.right.count()
}

func binaryTrees() {
	deepest := of(18, 15)
	nodes := makeTree(deepest + 1).count()
	kept := makeTree(deepest)
	watch, made := start(), uint64(0)
	for depth := 4; depth <= deepest; depth += 2 {
		for i := 0; i < 1<<(deepest-depth+4); i++ {
			made += makeTree(depth).count()
			watch.lap()
		}
	}
	watch.print(made, false, nodes+kept.count()+made)
}

type node struct {
	left, right *node
	numbers     [2]uint32
}

func bottomUp(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: bottomUp(depth - 1), right: bottomUp(depth - 1)}
}

func topDown(depth int) *node {
	top := &node{}
	top.populate(depth)
	return top
}

func (n *node) populate(depth int) {
	if depth > 0 {
		n.left, n.right = &node{}, &node{}
		n.left.populate(depth - 1)
		n.right.populate(depth - 1)
	}
}

func (n *node) leftmost() uint64 {
	if n == nil {
		return 0
	}
	return 1 + n.left.leftmost()
}

func (n *node) count() uint64 {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

func gcbench() {
	stretch := of(18, 15)
	nodesOf := func(depth int) uint64 { return 1<<(depth+1) - 1 }
	numbers := make([]float64, 500_000)
	for i := range numbers {
		numbers[i] = 1 / float64(max(i, 1))
	}
	checksum := bottomUp(stretch).leftmost()
	kept := topDown(stretch - 2)
	watch, made := start(), uint64(0)
	for depth := 4; depth <= stretch-2; depth += 2 {
		trees := 2 * nodesOf(stretch) / nodesOf(depth)
		for range trees {
			checksum += topDown(depth).leftmost()
			watch.lap()
		}
		for range trees {
			checksum += bottomUp(depth).leftmost()
			watch.lap()
		}
		made += 2 * trees * nodesOf(depth)
	}
	checksum += kept.count() + math.Float64bits(numbers[1000])
	watch.print(made, false, checksum)
}

func cache() {
	window := of(2_000_000, 250_000) / batch * batch
	random := newRandom()
	entries := make(map[uint64]string, window/4*5)
	next, checksum := uint64(0), uint64(0)
	for ; next < uint64(window); next++ {
		entries[next] = random.text(100, 200)
	}
	watch := start()
	for range window {
		entries[next] = random.text(100, 200)
		next++
		oldest := next - uint64(window)
		delete(entries, oldest-1)
		for range 2 {
			checksum += weight(entries[oldest+uint64(random.below(window))])
		}
		key := oldest + uint64(random.below(window))
		entries[key] = random.text(100, 200)
		watch.lap()
	}
	watch.print(uint64(window), true, checksum)
}

type knot struct {
	twin   *knot
	edges  [2]*knot
	number uint64
}

func withTwin(number uint64, edges [2]*knot) *knot {
	made := &knot{edges: edges, number: number}
	made.twin = &knot{twin: made, number: number}
	return made
}

func graph() {
	places := of(200_000, 25_000) / batch * batch
	random := newRandom()
	table := make([]*knot, places)
	made := 0
	for ; made < places; made++ {
		var edges [2]*knot
		for i := range edges {
			if made > 0 {
				edges[i] = table[random.below(made)]
			}
		}
		table[made] = withTwin(uint64(made), edges)
	}
	any := func() *knot { return table[random.below(places)] }
	checksum := uint64(0)
	watch := start()
	for range 2 * places {
		var edges [2]*knot
		for i := range edges {
			edges[i] = any()
		}
		replacement := withTwin(uint64(made), edges)
		table[random.below(places)] = replacement
		made++
		for range 8 {
			from := any()
			to := any()
			from.edges[random.below(2)] = to
		}
		here := any()
		for i := 0; i < 4 && here != nil; i++ {
			checksum = checksum*31 + here.number
			here = here.edges[random.below(2)]
		}
		watch.lap()
	}
	watch.print(uint64(2*places), true, checksum)
}

type cell struct {
	number uint64
	next   *cell
}

func shortLists() {
	lists := of(80_000, 10_000) * batch
	random := newRandom()
	checksum := uint64(0)
	watch := start()
	for range lists {
		length := 1 + random.below(32)
		var list *cell
		for number := range length {
			list = &cell{uint64(number), list}
		}
		for ; list != nil; list = list.next {
			checksum += list.number
		}
		watch.lap()
	}
	watch.print(uint64(lists), true, checksum)
}

// As large as what has pointers of its own, so that it shares its place with nothing else.
type object struct{ number, _ uint64 }

type watched struct {
	object *object
	weak   weak.Pointer[object]
}

func weakPointers() {
	places := of(100_000, 20_000) / batch * batch
	operations := of(2_000_000, 100_000) / batch * batch
	random := newRandom()
	table := make([]watched, places)
	put := func(place, number int) {
		made := &object{number: uint64(number)}
		table[place] = watched{made, weak.Make(made)}
	}
	made := 0
	for ; made < places; made++ {
		put(made, made)
	}
	checksum := uint64(0)
	watch := start()
	for range operations {
		put(random.below(places), made)
		made++
		for range 4 {
			checksum = checksum*31 + table[random.below(places)].weak.Value().number
		}
		watch.lap()
	}
	watch.print(uint64(operations), true, checksum)
}

var sink uint64

func finalizers() {
	const live = 10_000
	operations := of(100_000, 5_000) * batch
	random := newRandom()
	var table []*object
	checksum := uint64(0)
	watch := start()
	for number := range operations {
		made := &object{number: uint64(number)}
		runtime.SetFinalizer(made, func(o *object) { sink = o.number })
		if len(table) < live {
			table = append(table, made)
		} else {
			place := random.below(live)
			checksum = checksum*31 + table[place].number
			table[place] = made
		}
		watch.lap()
	}
	watch.print(uint64(operations), true, checksum)
}

// Marsaglia's xorshift, as in `random.rs`.
type random struct{ state uint64 }

func newRandom() *random { return &random{0x9E37_79B9_7F4A_7C15} }

func (r *random) below(n int) int {
	r.state ^= r.state << 13
	r.state ^= r.state >> 7
	r.state ^= r.state << 17
	return int((r.state >> 11) % uint64(n))
}

const letters = "the quick brown fox jumps over the lazy dog while pack my box with five dozen liquor " +
	"jugs is typed by how vexingly quick daft zebras jump and sphinx of black quartz judge my vow is read aloud to the five " +
	"boxing wizards who jump quickly; bright vixens jump as dozy fowl quack and jackdaws love my big sphinx of quartz."

func (r *random) text(least, most int) string {
	length := least + r.below(most-least+1)
	from := r.below(len(letters) - 200)
	return strings.Clone(letters[from : from+length])
}

func weight(text string) uint64 { return uint64(len(text))*256 + uint64(text[0]) }

// The time of all operations, and of each, in buckets as wide as a thousandth of what they hold.
type watch struct {
	started, last time.Time
	longest, laps uint64
	buckets       []uint64
}

func start() *watch {
	now := time.Now()
	return &watch{started: now, last: now, buckets: make([]uint64, 56*1024)}
}

func (w *watch) lap() {
	now := time.Now()
	ns := uint64(now.Sub(w.last))
	w.last = now
	shift := max(0, bits.Len64(ns)-11)
	w.buckets[shift*1024+int(ns>>shift)]++
	w.longest = max(w.longest, ns)
	w.laps++
}

func (w *watch) quantile(part float64) uint64 {
	below := uint64(0)
	for bucket, n := range w.buckets {
		below += n
		if float64(below) >= float64(w.laps)*part {
			shift := max(0, bucket/1024-1)
			return uint64(bucket-shift*1024+1)<<shift - 1
		}
	}
	return w.longest
}

func (w *watch) print(operations uint64, lapsAreOperations bool, checksum uint64) {
	result := map[string]any{
		"ns_per_operation": float64(time.Since(w.started)) / float64(operations),
		"peak_bytes":       peakBytes(),
		"longest_ns":       w.longest,
		"checksum":         checksum,
		"version":          strings.TrimPrefix(runtime.Version(), "go"),
	}
	if lapsAreOperations {
		result["p99_9_ns"], result["p99_99_ns"] = w.quantile(0.999), w.quantile(0.9999)
	}
	text, err := json.Marshal(result)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func peakBytes() (kib uint64) {
	status, _ := os.ReadFile("/proc/self/status")
	if _, line, found := strings.Cut(string(status), "VmHWM:"); found {
		fmt.Sscan(line, &kib)
	}
	return kib * 1024
}
