"""Compares what pprof shows of a profile with the truth, and fails if they differ by more than samples may.

    read.py GO PROFILE TRUTH

A line of the truth is a function, and for each of the four types of numbers, tab-separated, the number and how far an
estimate may be off. Whatever pprof writes to its standard error is a complaint.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

TYPES = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]
EVERYTHING = ["-nodefraction=0", "-edgefraction=0", "-nodecount=100000", "-unit=B"]


def pprof(*arguments):
    """What pprof prints."""
    run = subprocess.run([PPROF, *arguments, PROFILE], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and not run.stderr, f"{arguments}: code {run.returncode}, {run.stderr}"
    return run.stdout


def read_truth(path):
    """For each function the four numbers, each with how far it may be off."""
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return {name: [tuple(map(float, number.split())) for number in numbers] for name, *numbers in rows}


def check_near(what, shown, expected):
    """That a number is as near to the truth as it must be."""
    number, off = expected
    assert abs(shown - number) <= off, f"{what}: {shown}, not {number} ± {off}"


def check_top(at):
    """The numbers of `-top`, and its names."""
    text = pprof("-top", f"-sample_index={TYPES[at]}", *EVERYTHING)
    head, _, table = text.partition("      flat  flat%")
    assert f"Type: {TYPES[at]}\n" in head, head
    # flat, its share, the sum of shares, cum, its share, the name
    rows = [row.split(maxsplit=5) for row in table.splitlines()[1:]]
    names = [row[5] for row in rows]
    for name in names:
        assert not name.startswith(("_ZN", "_R", "0x")), f"{name} is no name"
        assert not name.startswith(("gc::special", "gc::mutator", "backtrace::")), f"{name} is our affair"
    for function, numbers in TRUTH.items():
        flat = sum(int(row[0].removesuffix("B")) for row in rows if function in row[5])
        check_near(f"-top, {TYPES[at]} of {function}", flat, numbers[at])
    assert at > 1 or any(name.endswith("shop::wrap (inline)") for name in names), "what is inlined is shown"
    assert "profiled::main" in names and "profiled::shop::Till::ring_up" in names, names


def check_peek():
    """Who calls whom."""
    text = pprof("-peek=shop::wrap", "-sample_index=alloc_objects", *EVERYTHING)
    lines = [line.rstrip() for line in text.splitlines()]
    called = next(at for at, line in enumerate(lines) if line.endswith("| profiled::shop::wrap"))
    assert "profiled::shop::pack" in lines[called - 1], text
    check_near("-peek", int(lines[called].split()[0].removesuffix("B")), TRUTH["shop::wrap"][0])


def check_labels():
    """Sizes and types of the objects."""
    text = pprof("-tags", "-sample_index=alloc_objects", "-unit=B")
    assert "bytes: Total" in text and "type: Total" in text, text
    assert "[u64; 4]" in text and "[u64; 512]" in text, text


def check_flame_graphs():
    """The stacks of the page that draws the flame graph, as pprof serves it to a browser."""
    with subprocess.Popen(
        [PPROF, "-no_browser", "-http=localhost:", PROFILE], stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            said = server.stderr.readline()
            url = said.split()[-1]
            assert said.startswith("Serving web UI on http://localhost:"), said
            for at, sample_type in enumerate(TYPES):
                check_flame_graph(at, page_of(server, f"{url}/ui/flamegraph?si={sample_type}"))
        finally:
            server.terminate()
        assert not (more := server.stderr.read()), more


def page_of(server, url):
    """A page of the server, which says where it is before it listens there. It will, or it ends."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(url) as page:
                return page.read().decode()
        except urllib.error.URLError:
            if server.poll() is not None:
                raise
            time.sleep(0.05)


def check_flame_graph(at, text):
    """The sums of the stacks that end in each function."""
    _, _, call = text.rpartition("stackViewer({")
    graph, _ = json.JSONDecoder().raw_decode("{" + call)
    sources = [source["FullName"] for source in graph["Sources"]]
    for function, numbers in TRUTH.items():
        stacks = [stack for stack in graph["Stacks"] if function in sources[stack["Sources"][-1]]]
        check_near(f"flame graph, {TYPES[at]} of {function}", sum(stack["Value"] for stack in stacks), numbers[at])
    assert "profiled::main" in sources, sources


GO, PROFILE, TRUTH_PATH = sys.argv[1:]
# The program itself: a signal to `go tool` would make it complain.
subprocess.run([GO, "tool", "pprof", "-h"], capture_output=True, check=False)
PPROF = subprocess.run([GO, "tool", "-n", "pprof"], capture_output=True, text=True, check=True).stdout.strip()
TRUTH = read_truth(TRUTH_PATH)
for index in range(len(TYPES)):
    check_top(index)
assert "Type: inuse_space\n" in pprof("-top"), "what is in use is shown unless something else is asked for"
check_peek()
check_labels()
check_flame_graphs()
print(f"pprof shows {os.path.basename(PROFILE)} as it is")
