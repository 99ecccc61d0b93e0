;;; 6.10 Control features
(apply + (list 3 4))
=> 7
(define compose (lambda (f g) (lambda args (f (apply g args)))))
((compose sqrt *) 12 75)
=> 30
(map (lambda (n) (expt n n)) '(1 2 3 4 5))
=> (1 4 27 256 3125)
(map + '(1 2 3) '(4 5 6))
=> (5 7 9)
(map + '(1 2) '(10 20 30) '(100 200 300))
=> (111 222)
(let ((count 0)) (map (lambda (ignored) (set! count (+ count 1)) count) '(a b)))
=> (1 2)
(call-with-current-continuation (lambda (exit) (for-each (lambda (x) (if (negative? x) (exit x))) '(54 0 37 -3 245 19)) #t))
=> -3
(define list-length
  (lambda (obj)
    (call-with-current-continuation
     (lambda (return)
       (letrec ((r (lambda (obj) (cond ((null? obj) 0) ((pair? obj) (+ (r (cdr obj)) 1)) (else (return #f))))))
         (r obj))))))
(list (list-length '(1 2 3 4)) (list-length '(a b . c)))
=> (4 #f)
(call-with-values (lambda () (values 4 5)) (lambda (a b) b))
=> 5
(call-with-values * -)
=> -1
(let ((path '()) (c #f))
  (let ((add (lambda (s) (set! path (cons s path)))))
    (dynamic-wind
     (lambda () (add 'connect))
     (lambda () (add (call/cc (lambda (c0) (set! c c0) 'talk1))))
     (lambda () (add 'disconnect)))
    (if (< (length path) 4) (c 'talk2) (reverse path))))
=> (connect talk1 disconnect connect talk2 disconnect)
(define k #f)
(define n 0)
(+ 1 (call/cc (lambda (c) (set! k c) 1)))
=> 2
(define r '())
(set! r (cons (call/cc (lambda (c) (set! k c) 0)) r))
(set! n (+ n 1))
(if (< n 3) (k n))
r
=> (1 0)
(define (generate-tree tree)
  (define return #f)
  (define (walk tree)
    (cond ((null? tree) 'skip)
          ((pair? tree) (walk (car tree)) (walk (cdr tree)))
          (else (call/cc (lambda (next) (set! resume (lambda () (next #f))) (return tree))))))
  (define (resume) (walk tree) (return 'end))
  (lambda () (call/cc (lambda (r) (set! return r) (resume)))))
(define g (generate-tree '(1 (2 3) 4)))
(let* ((a (g)) (b (g)) (c (g)) (d (g)) (e (g))) (list a b c d e))
=> (1 2 3 4 end)
(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1)))))
(deep 100000)
=> 100000
(define (even2? n) (if (= n 0) #t (odd2? (- n 1))))
(define (odd2? n) (if (= n 0) #f (even2? (- n 1))))
(even2? 100000)
=> #t
(define (many n) (call/cc (lambda (k) (if (= n 0) 'ok (many (- n 1))))))
(many 100000)
=> ok
(define (many2 n) (if (= n 0) 0 (+ 1 (call/cc (lambda (k) (many2 (- n 1)))))))
(many2 10000)
=> 10000
(let ((k2 #f) (count 0))
  (let ((v (+ 100 (call/cc (lambda (k) (set! k2 k) 1)))))
    (set! count (+ count 1))
    (if (< count 5) (k2 count) (list v count))))
=> (104 5)
(procedure? car)
=> #t
(list (procedure? 'car) (procedure? (lambda (x) x)) (procedure? '(lambda (x) x)) (call/cc procedure?))
=> (#f #t #f #t)
(call-with-values (lambda () (call/cc (lambda (k) (k 1 2 3)))) list)
=> (1 2 3)
(call-with-values (lambda () (values)) list)
=> ()
(receive (a . b) (values 1 2 3) (list a b))
=> (1 (2 3))
(let ((out '()))
  (dynamic-wind (lambda () (set! out (cons 1 out)))
                (lambda () (dynamic-wind (lambda () (set! out (cons 2 out))) (lambda () 'x) (lambda () (set! out (cons 3 out)))))
                (lambda () (set! out (cons 4 out))))
  (reverse out))
=> (1 2 3 4)
;;; 6.11 Exceptions
(call-with-current-continuation (lambda (k) (with-exception-handler (lambda (e) (k (list 'condition e))) (lambda () (+ 1 (raise 'an-error))))))
=> (condition an-error)
(with-exception-handler (lambda (e) 'ignore) (lambda () (+ 1 (raise 'an-error))))
=! a handler has returned from what cannot be continued
(with-exception-handler
 (lambda (con) (cond ((string? con) 42) (else 0)))
 (lambda () (+ (raise-continuable "should be a number") 23)))
=> 65
(define (null-list? l) (cond ((pair? l) #f) ((null? l) #t) (else (error "null-list?: argument out of domain" l))))
(null-list? 5)
=! null-list?: argument out of domain 5
(guard (e (#t (list (error-object? e) (error-object-message e) (error-object-irritants e)))) (error "message" 1 "two" 'three))
=> (#t "message" (1 "two" three))
(guard (e ((file-error? e) 'file)) (open-input-file "/no/such/file"))
=> file
(guard (e ((read-error? e) 'read)) (read (open-input-string "(1 . )")))
=> read
(error-object? 5)
=> #f
(with-exception-handler
 (lambda (outer) (list 'outer outer))
 (lambda () (with-exception-handler (lambda (inner) (list 'inner (raise-continuable 'again))) (lambda () (raise-continuable 'first)))))
=> (inner (outer again))
(guard (e (else (list 'reraised e))) (guard (e ((number? e) 'number)) (raise 'not-a-number)))
=> (reraised not-a-number)
(guard (e ((symbol? e) e)) (with-exception-handler (lambda (e) (raise 'from-handler)) (lambda () (raise 'first))))
=> from-handler
(guard (e (else (error-object-place e)))
  (car 1))
=> "section:121:3"
(raise (list 1 2))
=! uncaught: (1 2)
(error 'some-symbol "text" 1)
=! some-symbol "text" 1
(guard (e (else 'deep)) (let loop ((n 0)) (if (= n 1000) (raise 'x) (+ 1 (loop (+ n 1))))))
=> deep
(with-exception-handler (lambda (e) 1) (lambda () 2) 3)
=! called with 3 arguments
(with-exception-handler 1 (lambda () 2))
=! expected a procedure, but got 1
;;; 6.12 Environments and evaluation
(eval '(* 7 3) (environment '(scheme base)))
=> 21
(let ((f (eval '(lambda (f x) (f x x)) (interaction-environment)))) (f + 10))
=> 20
(eval '(define zz 5) (interaction-environment))
zz
=> 5
(eval '(if) (interaction-environment))
=! this form has another shape
(eval (list 'quote (list 1 2)))
=> (1 2)
;;; 6.13 Input and output
(define p (open-input-string "hello (1 2 . 3) \"text\" 42"))
(list (read-char p) (peek-char p) (read p) (read p) (read p) (read p) (eof-object? (read p)))
=> (#\h #\e ello (1 2 . 3) "text" 42 #t)
(define p (open-input-string "one\ntwo\n\nthree"))
(list (read-line p) (read-line p) (read-line p) (read-line p) (eof-object? (read-line p)))
=> ("one" "two" "" "three" #t)
(let ((p (open-output-string))) (write 'a p) (display "b" p) (write "c" p) (newline p) (write-char #\d p) (get-output-string p))
=> "ab\"c\"\nd"
(read-string 3 (open-input-string "abcdef"))
=> "abc"
(define b (open-input-bytevector #u8(1 2 3 4)))
(list (peek-u8 b) (read-u8 b) (read-bytevector 2 b) (read-u8 b) (eof-object? (read-u8 b)))
=> (1 1 #u8(2 3) 4 #t)
(let ((p (open-output-bytevector))) (write-u8 1 p) (write-bytevector #u8(2 3) p) (get-output-bytevector p))
=> #u8(1 2 3)
(let ((p (open-input-string "x"))) (close-port p) (input-port-open? p))
=> #f
(let ((p (open-input-string "x"))) (close-port p) (read-char p))
=! the port is closed
(list (input-port? (current-input-port)) (output-port? (current-output-port)) (textual-port? (current-error-port)) (port? 1))
=> (#t #t #t #f)
(with-output-to-string (lambda () (display "inside")))
=> "inside"
(call-with-output-string (lambda (p) (write '(a "b" #\c) p)))
=> "(a \"b\" #\\c)"
(define name "scheme-test-file.txt")
(call-with-output-file name (lambda (p) (write '(some data) p) (newline p) (display "more" p)))
(call-with-input-file name (lambda (p) (let* ((a (read p)) (b (read p))) (list a b))))
=> ((some data) more)
(list (file-exists? name) (begin (delete-file name) (file-exists? name)))
=> (#t #f)
(let ((x (list 1 2))) (set-cdr! (cdr x) x) x)
=> #0=(1 2 . #0#)
(let ((x (list 1 2))) (call-with-output-string (lambda (p) (write-shared (list x x) p))))
=> "(#0=(1 2) #0#)"
(let ((x (list 1 2))) (list x x))
=> ((1 2) (1 2))
(let ((v (vector 1 2))) (vector-set! v 0 v) v)
=> #0=#(#0# 2)
'#0=(a . #0#)
=> #0=(a . #0#)
(cadr '(#1=(x) #1#))
=> (x)
(read (open-input-string "#;(hidden) shown ; rest"))
=> shown
(read (open-input-string "#| block #| nested |# |# shown"))
=> shown
(read (open-input-string "(1 2"))
=! the text ends inside a datum
(read (open-input-string ")"))
=! there is a `)` too many
(write-string "abc" (current-output-port) 1 2)
;;; 6.14 System interface
(list? (command-line))
=> #t
(exact-integer? (current-jiffy))
=> #t
(> (current-second) 0)
=> #t
(list? (features))
=> #t
(and (memq 'r7rs (features)) #t)
=> #t
(get-environment-variable "NO_SUCH_VARIABLE")
=> #f
;;; Hash tables
(define t (make-hash-table))
(hash-table-set! t "one" 1)
(hash-table-set! t '(2) 'two)
(hash-table-set! t 3.5 'x)
(list (hash-table-ref t "one" (lambda () 0)) (hash-table-ref/default t '(2) #f) (hash-table-ref/default t 3.5 #f) (hash-table-size t))
=> (1 two x 3)
(hash-table-delete! t "one")
(hash-table-exists? t "one")
=> #f
(hash-table-ref t 'missing)
=! the table has no such key: missing
(hash-table-ref t 'missing (lambda () 'default))
=> default
(hash-table-update! t 'n (lambda (n) (+ n 1)) (lambda () 0))
(hash-table-update!/default t 'n (lambda (n) (+ n 1)) 0)
(hash-table-ref t 'n)
=> 2
(define big (make-hash-table eqv?))
(do ((i 0 (+ i 1))) ((= i 1000)) (hash-table-set! big i (* i i)))
(list (hash-table-size big) (hash-table-ref big 999))
=> (1000 998001)
(sort (hash-table-keys (alist->hash-table '((a . 1) (b . 2)))) (lambda (a b) (string<? (symbol->string a) (symbol->string b))))
=> (a b)
(let ((sum 0)) (hash-table-walk big (lambda (k v) (set! sum (+ sum k)))) sum)
=> 499500
(hash-table-fold big (lambda (k v n) (+ n 1)) 0)
=> 1000
;;; The heap
(define w (weak-cons (list 1 2) 'rest))
(define kept (vector 1 2))
(define v (weak-cons kept 'rest))
(collect-garbage)
(list (weak-car w) (weak-cdr w) (weak-car v))
=> (#f rest #(1 2))
(weak-car (weak-cons 5 '()))
=> 5
(define (lost-value of) (let ((value (list of))) (lambda () value)))
(define weak-ones (map (lambda (make) (weak-cons (make) '())) (list (lambda () (vector)) (lambda () (vector 1)) (lambda () (string->symbol "temporary")) (lambda () 'car) (lambda () (expt 7 100)) (lambda () (make-string 2 #\x)) (lambda () (lost-value 1)) (lambda () 1.5))))
(collect-garbage)
(map weak-car weak-ones)
=> (#f #f #f car #f #f #f 1.5)
(define g (make-guardian))
(g (list 'lost 'one))
(define keep (list 'kept))
(g keep)
(collect-garbage)
(g)
=> (lost one)
(g)
=> #f
(g (vector 'lost 'vector))
=> #t
(g 5)
=> #f
(collect-garbage)
(g)
=> #(lost vector)
(define (make-symbols n) (if (= n 0) 'done (begin (string->symbol (string-append "temporary-" (number->string n))) (make-symbols (- n 1)))))
(define before (begin (collect-garbage) (symbol-count)))
(make-symbols 1000)
=> done
(collect-garbage)
(< (- (symbol-count) before) 100)
=> #t
(touch (future (+ 1 2)))
=> 3
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(map touch (map (lambda (n) (future (fib n))) '(5 10 12)))
=> (5 55 144)
(guard (e ((symbol? e) (list 'raised e))) (touch (future (raise 'there))))
=> (raised there)
(touch 5)
=! expected a future, but got 5
(pair? (assq 'cycles (heap-statistics)))
=> #t
