// The workloads in Java: see `workloads`, which say what is done, and in which order numbers are drawn at random. Argument
// one names a workload; a second one, `--quick`, asks for less. Prints what was measured as the other peers do.

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;

final class Peer {
    static boolean quick;

    public static void main(String[] arguments) throws IOException {
        quick = arguments.length > 1;
        switch (arguments[0]) {
            case "binary_trees" -> BinaryTrees.run();
            case "gcbench" -> GcBench.run();
            case "cache" -> Cache.run();
            case "graph" -> Graph.run();
            case "short_lists" -> ShortLists.run();
            case "weak" -> Weak.run();
            case "finalizers" -> Finalizers.run();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    static int of(int full, int little) {
        return quick ? little : full;
    }
}

final class BinaryTrees {
    private static final class Node {
        private final Node left;
        private final Node right;

        private Node(Node left, Node right) {
            this.left = left;
            this.right = right;
        }

        private static Node make(int depth) {
            return depth == 0 ? new Node(null, null) : new Node(make(depth - 1), make(depth - 1));
        }

        private long count() {
            return 1 + (left == null ? 0 : left.count()) + (right == null ? 0 : right.count());
        }
    }

    static void run() throws IOException {
        int deepest = Peer.of(18, 15);
        long nodes = Node.make(deepest + 1).count();
        Node kept = Node.make(deepest);
        Watch watch = new Watch();
        long made = 0;
        for (int depth = 4; depth <= deepest; depth += 2) {
            for (int i = 0; i < 1 << (deepest - depth + 4); i++) {
                made += Node.make(depth).count();
                watch.lap();
            }
        }
        watch.print(made, false, nodes + kept.count() + made);
    }
}

final class GcBench {
    private static final class Node {
        private Node left;
        private Node right;
        private int one;
        private int two;

        private static Node bottomUp(int depth) {
            Node node = new Node();
            if (depth > 0) {
                node.left = bottomUp(depth - 1);
                node.right = bottomUp(depth - 1);
            }
            return node;
        }

        private static Node topDown(int depth) {
            Node top = new Node();
            top.populate(depth);
            return top;
        }

        private void populate(int depth) {
            if (depth > 0) {
                left = new Node();
                right = new Node();
                left.populate(depth - 1);
                right.populate(depth - 1);
            }
        }

        private long leftmost() {
            return 1 + (left == null ? 0 : left.leftmost());
        }

        private long count() {
            return 1 + (left == null ? 0 : left.count()) + (right == null ? 0 : right.count());
        }
    }

    static void run() throws IOException {
        int stretch = Peer.of(18, 15);
        double[] numbers = new double[500_000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = 1.0 / Math.max(i, 1);
        }
        long checksum = Node.bottomUp(stretch).leftmost();
        Node kept = Node.topDown(stretch - 2);
        Watch watch = new Watch();
        long made = 0;
        for (int depth = 4; depth <= stretch - 2; depth += 2) {
            long trees = 2 * nodesOf(stretch) / nodesOf(depth);
            for (long i = 0; i < trees; i++) {
                checksum += Node.topDown(depth).leftmost();
                watch.lap();
            }
            for (long i = 0; i < trees; i++) {
                checksum += Node.bottomUp(depth).leftmost();
                watch.lap();
            }
            made += 2 * trees * nodesOf(depth);
        }
        checksum += kept.count() + Double.doubleToRawLongBits(numbers[1000]);
        watch.print(made, false, checksum);
    }

    private static long nodesOf(int depth) {
        return (1L << (depth + 1)) - 1;
    }
}

final class Cache {
    static void run() throws IOException {
        int window = Peer.of(2_000_000, 250_000) / Watch.BATCH * Watch.BATCH;
        Random random = new Random();
        HashMap<Long, String> map = new HashMap<>(window / 4 * 5 * 4 / 3);
        long next = 0;
        long checksum = 0;
        for (; next < window; next++) {
            map.put(next, random.text(100, 200));
        }
        Watch watch = new Watch();
        for (int i = 0; i < window; i++) {
            map.put(next, random.text(100, 200));
            next++;
            long oldest = next - window;
            map.remove(oldest - 1);
            for (int j = 0; j < 2; j++) {
                checksum += Random.weight(map.get(oldest + random.below(window)));
            }
            map.put(oldest + random.below(window), random.text(100, 200));
            watch.lap();
        }
        watch.print(window, true, checksum);
    }
}

final class Graph {
    private static final class Node {
        private Node twin;
        private Node left;
        private Node right;
        private final long number;

        private Node(long number, Node left, Node right) {
            this.number = number;
            this.left = left;
            this.right = right;
        }

        private static Node withTwin(long number, Node left, Node right) {
            Node node = new Node(number, left, right);
            node.twin = new Node(number, null, null);
            node.twin.twin = node;
            return node;
        }
    }

    static void run() throws IOException {
        int places = Peer.of(200_000, 25_000) / Watch.BATCH * Watch.BATCH;
        Random random = new Random();
        Node[] table = new Node[places];
        long made = 0;
        for (; made < places; made++) {
            Node left = made > 0 ? table[random.below((int) made)] : null;
            Node right = made > 0 ? table[random.below((int) made)] : null;
            table[(int) made] = Node.withTwin(made, left, right);
        }
        long checksum = 0;
        Watch watch = new Watch();
        for (int i = 0; i < 2 * places; i++, made++) {
            Node left = table[random.below(places)];
            Node node = Node.withTwin(made, left, table[random.below(places)]);
            table[random.below(places)] = node;
            for (int j = 0; j < 8; j++) {
                Node from = table[random.below(places)];
                Node to = table[random.below(places)];
                if (random.below(2) == 0) {
                    from.left = to;
                } else {
                    from.right = to;
                }
            }
            Node here = table[random.below(places)];
            for (int j = 0; j < 4 && here != null; j++) {
                checksum = checksum * 31 + here.number;
                here = random.below(2) == 0 ? here.left : here.right;
            }
            watch.lap();
        }
        watch.print(2L * places, true, checksum);
    }
}

final class ShortLists {
    private record Cell(long number, Cell next) {}

    static void run() throws IOException {
        int lists = Peer.of(80_000, 10_000) * Watch.BATCH;
        Random random = new Random();
        long checksum = 0;
        Watch watch = new Watch();
        for (int i = 0; i < lists; i++) {
            int length = 1 + random.below(32);
            Cell list = null;
            for (int number = 0; number < length; number++) {
                list = new Cell(number, list);
            }
            for (Cell cell = list; cell != null; cell = cell.next) {
                checksum += cell.number;
            }
            watch.lap();
        }
        watch.print(lists, true, checksum);
    }
}

final class Weak {
    private record Numbered(long number) {}

    private record Entry(Numbered object, WeakReference<Numbered> weak) {}

    private static void put(Entry[] table, int place, long number) {
        Numbered object = new Numbered(number);
        table[place] = new Entry(object, new WeakReference<>(object));
    }

    static void run() throws IOException {
        int places = Peer.of(100_000, 20_000) / Watch.BATCH * Watch.BATCH;
        int operations = Peer.of(2_000_000, 100_000) / Watch.BATCH * Watch.BATCH;
        Random random = new Random();
        Entry[] table = new Entry[places];
        int made = 0;
        for (; made < places; made++) {
            put(table, made, made);
        }
        long checksum = 0;
        Watch watch = new Watch();
        for (int i = 0; i < operations; i++, made++) {
            put(table, random.below(places), made);
            for (int j = 0; j < 4; j++) {
                checksum = checksum * 31 + table[random.below(places)].weak.get().number;
            }
            watch.lap();
        }
        watch.print(operations, true, checksum);
    }
}

/** By a cleaner, whose action does not get the object. */
final class Finalizers {
    private record Numbered(long number) {}

    private static volatile long sink;

    static void run() throws IOException {
        int live = 10_000;
        int operations = Peer.of(100_000, 5_000) * Watch.BATCH;
        Random random = new Random();
        Cleaner cleaner = Cleaner.create();
        ArrayList<Numbered> table = new ArrayList<>();
        long checksum = 0;
        Watch watch = new Watch();
        for (int i = 0; i < operations; i++) {
            long number = i;
            Numbered object = new Numbered(number);
            cleaner.register(object, () -> sink = number);
            if (table.size() < live) {
                table.add(object);
            } else {
                checksum = checksum * 31 + table.set(random.below(live), object).number;
            }
            watch.lap();
        }
        watch.print(operations, true, checksum);
        System.exit(0);
    }
}

/** Marsaglia's xorshift, as in `random.rs`. */
final class Random {
    private static final String LETTERS = "the quick brown fox jumps over the lazy dog while pack my box with five dozen liquor "
        + "jugs is typed by how vexingly quick daft zebras jump and sphinx of black quartz judge my vow is read aloud to the five "
        + "boxing wizards who jump quickly; bright vixens jump as dozy fowl quack and jackdaws love my big sphinx of quartz.";

    private long state = 0x9E37_79B9_7F4A_7C15L;

    int below(int n) {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return (int) ((state >>> 11) % n);
    }

    String text(int least, int most) {
        int length = least + below(most - least + 1);
        int start = below(LETTERS.length() - 200);
        return LETTERS.substring(start, start + length);
    }

    static long weight(String text) {
        return text.length() * 256L + text.charAt(0);
    }
}

/** The time of all operations, and of each, in buckets as wide as a thousandth of what they hold. */
final class Watch {
    static final int BATCH = 32;

    private final long[] buckets = new long[56 * 1024];
    private final long started = System.nanoTime();
    private long last = started;
    private long longest;
    private long laps;

    void lap() {
        long now = System.nanoTime();
        long ns = now - last;
        last = now;
        int shift = Math.max(0, 53 - Long.numberOfLeadingZeros(ns));
        buckets[shift * 1024 + (int) (ns >>> shift)]++;
        longest = Math.max(longest, ns);
        laps++;
    }

    private long quantile(double part) {
        long below = 0;
        for (int bucket = 0; bucket < buckets.length; bucket++) {
            below += buckets[bucket];
            if (below >= Math.ceil(laps * part)) {
                int shift = Math.max(0, bucket / 1024 - 1);
                return (bucket - shift * 1024L + 1 << shift) - 1;
            }
        }
        return longest;
    }

    void print(long operations, boolean lapsAreOperations, long checksum) throws IOException {
        double perOperation = (System.nanoTime() - started) / (double) operations;
        String quantiles = lapsAreOperations
            ? ", \"p99_9_ns\": " + quantile(0.999) + ", \"p99_99_ns\": " + quantile(0.9999)
            : "";
        System.out.println("{\"ns_per_operation\": " + perOperation + ", \"peak_bytes\": " + peakBytes() + ", \"longest_ns\": " + longest
            + quantiles + ", \"checksum\": " + Long.toUnsignedString(checksum) + ", \"version\": \""
            + System.getProperty("java.version") + "\"}");
    }

    private static long peakBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(status -> status.startsWith("VmHWM:")).findFirst().orElse("0");
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
}
