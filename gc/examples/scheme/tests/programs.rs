//! The larger programs, and what they print. So small a heap that it is collected in the middle of them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use gc::Heap;
use scheme::{Failure, Session};

/// What a program has printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/programs"))
}

fn small_heap() -> Heap {
    Heap::builder().min_heap_bytes(1 << 20).build()
}

/// Runs a program. Gives what it has printed.
fn run(name: &str, text: &str) -> (String, Result<(), Failure>) {
    let printed = Printed::default();
    let session = Session::new(small_heap(), Box::new(printed.clone()));
    let result = session.run(name, text);
    (printed.text(), result)
}

#[test]
fn programs_print_what_they_should() {
    let expected = fs::read_to_string(folder().join("expected.txt")).unwrap();
    let mut count = 0;
    for part in expected.split("== ").skip(1) {
        let (name, expected) = part.split_once('\n').unwrap();
        let text = fs::read_to_string(folder().join(name)).unwrap();
        let (printed, result) = run(name, &text);
        assert!(result.is_ok(), "{name}: {result:?}");
        assert_eq!(printed, expected, "{name}");
        count += 1;
    }
    let programs = fs::read_dir(folder()).unwrap().count() - 1;
    assert_eq!(count, programs, "each program has its output");
}

#[test]
fn what_a_loop_has_lost_is_freed() {
    let session = Session::new(small_heap(), Box::new(io::sink()));
    let program = "
        (define (answer n) (let ((all (iota 100))) (apply + (map (lambda (x) (* x n)) all))))
        (define (serve n) (if (> n 0) (begin (answer n) (serve (- n 1)))))
        (serve 300)
        (define cache (make-vector 10 '()))
        (define (remember n) (if (> n 0) (begin (vector-set! cache (modulo n 10) (iota 100)) (remember (- n 1)))))
        (remember 3000)";
    let result = session.run("server", program);
    assert!(result.is_ok(), "{result:?}");
    let live = session.heap().collect().unwrap();
    assert!(live.live_bytes < 4 << 20, "{live:?}");
}

#[test]
fn a_lost_port_writes_what_is_left_and_closes() {
    let path = std::env::temp_dir().join(format!("scheme-port-{}", std::process::id()));
    let session = Session::new(small_heap(), Box::new(io::sink()));
    let program = format!("(write 'written (open-output-file {:?}))", path.to_str().unwrap());
    assert!(session.run("port", &program).is_ok());
    assert!(session.run("port", "'nothing").is_ok()); // the accumulator has held it
    session.heap().collect().unwrap();
    session.heap().wait_for_pending().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(text, "written");
}

#[test]
fn errors_give_the_place() {
    let error = |text| match run("file.scm", text).1 {
        Err(Failure::Error(message)) => message,
        other => panic!("{other:?}"),
    };
    assert_eq!(error("\n  (car 1)"), "file.scm:2:3: expected a pair, but got 1");
    assert_eq!(
        error("(define (f x)\n  (vector-ref x 1))\n(f 2)"),
        "file.scm:2:3: expected a vector, but got 2"
    );
    assert_eq!(
        error("(define (f x g)\n  (g\n   (cdr x)))\n(f 'a list)"),
        "file.scm:3:4: expected a pair, but got a"
    );
    assert_eq!(
        error("(define (f x y)\n  (if (< x y) 1 2))\n(f 'a 2)"),
        "file.scm:2:7: expected a number, but got a"
    );
    assert_eq!(error("(define (f g)\n  (+ 1 (g)))\n(f 5)"), "file.scm:2:8: this is no procedure: 5");
    assert_eq!(error("(map (lambda (x)\n (error \"wrong\" x)) '(1))"), "file.scm:2:2: wrong 1");
    assert_eq!(error("(let ((x 1)\n  x)"), "file.scm:1:1: the text ends inside a datum");
    assert_eq!(error("(if)"), "file.scm:1:1: this form has another shape: (if)");
    assert_eq!(error("(raise 'a)"), "file.scm:1:1: uncaught: a");
}

#[test]
fn forms_that_are_nested_too_deeply_are_an_error() {
    let depth = 5000;
    let text = "(+ 1 ".repeat(depth) + "1" + &")".repeat(depth);
    let result = run("deep", &text).1;
    assert!(matches!(&result, Err(Failure::Error(message)) if message.contains("too deeply")), "{result:?}");
    // As data they are fine.
    let data = "'".to_owned() + &"(".repeat(100_000) + &")".repeat(100_000);
    assert!(run("data", &data).1.is_ok());
}

#[test]
fn a_recursion_without_end_is_an_error() {
    let result = run("endless", "(define (f n) (cons n (f (+ n 1)))) (f 0)").1;
    assert!(matches!(&result, Err(Failure::Error(message)) if message.contains("too deep")), "{result:?}");
    let handled = "(define (f n) (cons n (f (+ n 1)))) (display (guard (e (#t 'handled)) (f 0)))";
    assert_eq!(run("handled", handled).0, "handled");
}

/// However memory is used up, the program is told by an exception, and goes on when what it has made is lost.
#[test]
fn a_full_heap_is_an_exception() {
    let programs = [
        "(let loop ((all '())) (loop (cons 1 all)))",
        "(let loop ((all '())) (loop (cons (make-vector 100 0) all)))",
        "(let loop ((all '())) (loop (cons (make-string 1000 #\\x) all)))",
        "(let loop ((all '())) (loop (cons (lambda () all) all)))",
        "(define (f n) (cons n (f (+ n 1)))) (f 0)",
        "(make-vector 10000000 0)",
        "(make-string 100000000 #\\x)",
        "(make-bytevector 100000000)",
    ];
    for program in programs {
        let printed = Printed::default();
        // In the zeal build a cycle would come each time that the program leaves.
        let heap = Heap::builder().limit_bytes(16 << 20).automatic(!cfg!(gc_zeal)).build();
        let session = Session::new(heap, Box::new(printed.clone()));
        let result = session.run("full", program).map_err(|failure| match failure {
            Failure::Error(message) => message,
            Failure::Exit(_) => panic!("{program}"),
        });
        let message = result.expect_err(program);
        assert!(message.contains("out of memory") || message.contains("no room"), "{program}: {message}");
        let handled = format!("(display (guard (e (#t (if (error-object? e) 'told 'other))) {program}))");
        for round in 1..4 {
            for text in [&*handled, "(vector-length (make-vector 10000 0))"] {
                let result = session.run("handled", text);
                assert!(result.is_ok(), "{program}: {result:?}");
            }
            assert_eq!(printed.text(), "told".repeat(round), "{program}");
        }
    }
}

#[test]
fn a_program_may_end_the_process() {
    for (text, code) in [("(exit)", 0), ("(exit 7)", 7), ("(exit #f)", 1), ("(emergency-exit 3)", 3)] {
        assert!(matches!(run("exit", text).1, Err(Failure::Exit(found)) if found == code), "{text}");
    }
    let (printed, _) =
        run("exit", "(dynamic-wind void (lambda () (exit)) (lambda () (display \"unwound\")))");
    assert_eq!(printed, "unwound");
}
