;;; 6.1 Equivalence predicates
(eqv? 'a 'a)
=> #t
(eqv? 'a 'b)
=> #f
(eqv? 2 2)
=> #t
(eqv? 2 2.0)
=> #f
(eqv? '() '())
=> #t
(eqv? 100000000000000000000 100000000000000000000)
=> #t
(eqv? 0.0 +nan.0)
=> #f
(eqv? 0.0 -0.0)
=> #f
(eqv? (cons 1 2) (cons 1 2))
=> #f
(eqv? (lambda () 1) (lambda () 2))
=> #f
(let ((p (lambda (x) x))) (eqv? p p))
=> #t
(eqv? #f 'nil)
=> #f
(eqv? 1/2 1/2)
=> #t
(eq? '() '())
=> #t
(eq? car car)
=> #t
(let ((x '#())) (eq? x x))
=> #t
(equal? 'a 'a)
=> #t
(equal? '(a (b) c) '(a (b) c))
=> #t
(equal? "abc" "abc")
=> #t
(equal? 2 2)
=> #t
(equal? (make-vector 5 'a) (make-vector 5 'a))
=> #t
(equal? '#1=(a b . #1#) '#2=(a b a b . #2#))
=> #t
(equal? #u8(1 2) #u8(1 2))
=> #t
(equal? "abc" "abd")
=> #f
;;; 6.2.6 Numerical operations
(list (complex? 3) (real? 3) (rational? 6/10) (rational? +inf.0) (integer? 3.0) (integer? 8/4) (integer? 3.2))
=> (#t #t #t #f #t #t #f)
(list (exact? 3.0) (exact? #e3.0) (inexact? 3.) (exact-integer? 32) (exact-integer? 32.0) (exact-integer? 32/5))
=> (#f #t #t #t #f #f)
(list (finite? 3) (finite? +inf.0) (infinite? -inf.0) (nan? +nan.0) (nan? 32))
=> (#t #f #t #t #f)
(list (= 1 1.0) (< 1 2 3) (< 1 3 2) (>= 3 3 2) (= 1/2 0.5))
=> (#t #t #f #t #t)
(= 9007199254740993 9007199254740992.0)
=> #f
(list (zero? 0) (zero? 0.0) (positive? 1) (negative? -1/2) (odd? 3) (even? -2))
=> (#t #t #t #t #t #t)
(max 3 4)
=> 4
(max 3.9 4)
=> 4.0
(min 1 2 0)
=> 0
(+ 3 4)
=> 7
(+ 3)
=> 3
(+)
=> 0
(* 4)
=> 4
(*)
=> 1
(- 3 4)
=> -1
(- 3 4 5)
=> -6
(- 3)
=> -3
(/ 3 4 5)
=> 3/20
(/ 3)
=> 1/3
(/ 6 3)
=> 2
(/ 1 0)
=! division by zero
(/ 1.0 0.0)
=> +inf.0
(+ 1/2 1/3)
=> 5/6
(* 1.5 2)
=> 3.0
(+ 0.1 0.2)
=> 0.30000000000000004
(abs -7)
=> 7
(abs -1/2)
=> 1/2
(call-with-values (lambda () (floor/ 5 2)) list)
=> (2 1)
(call-with-values (lambda () (floor/ -5 2)) list)
=> (-3 1)
(call-with-values (lambda () (floor/ 5 -2)) list)
=> (-3 -1)
(call-with-values (lambda () (truncate/ -5 2)) list)
=> (-2 -1)
(truncate-quotient -5.0 2)
=> -2.0
(list (modulo 13 4) (remainder 13 4) (modulo -13 4) (remainder -13 4) (modulo 13 -4) (remainder 13 -4))
=> (1 1 3 -1 -3 1)
(remainder -13 -4.0)
=> -1.0
(modulo 5 0)
=! division by zero
(list (gcd 32 -36) (gcd) (lcm 32 -36) (lcm 32.0 -36) (lcm))
=> (4 0 288 288.0 1)
(list (numerator 6/4) (denominator 6/4) (denominator 0) (denominator 0.5))
=> (3 2 1 2.0)
(list (floor -4.3) (ceiling -4.3) (truncate -4.3) (round -4.3))
=> (-5.0 -4.0 -4.0 -4.0)
(list (floor 3.5) (ceiling 3.5) (truncate 3.5) (round 3.5) (round 7/2) (round 5/2) (round 7))
=> (3.0 4.0 3.0 4.0 4 2 7)
(list (exp 0) (log 1) (sin 0) (atan 1 1))
=> (1.0 0.0 0.0 0.7853981633974483)
(log 8 2)
=> 3.0
(square 42)
=> 1764
(square 2.0)
=> 4.0
(sqrt 9)
=> 3
(sqrt 2)
=> 1.4142135623730951
(sqrt 1/4)
=> 1/2
(sqrt 16.0)
=> 4.0
(call-with-values (lambda () (exact-integer-sqrt 17)) list)
=> (4 1)
(expt 2 100)
=> 1267650600228229401496703205376
(expt 2 -2)
=> 1/4
(expt 2.0 3)
=> 8.0
(expt 0 0)
=> 1
(expt 2 0.5)
=> 1.4142135623730951
(list (exact 2.0) (exact 2.5) (inexact 1/3) (exact->inexact 1))
=> (2 5/2 0.3333333333333333 1.0)
(exact +nan.0)
=! there is no exact number
(* 99999999999 99999999999)
=> 9999999999800000000001
(- (expt 2 47) 1)
=> 140737488355327
(+ 140737488355327 1)
=> 140737488355328
(- -140737488355328 1)
=> -140737488355329
(- 140737488355328 1)
=> 140737488355327
(quotient (expt 10 30) (expt 10 28))
=> 100
(exact->inexact 123456789012345678901234567890)
=> 1.2345678901234568e29
(+ 'a 1)
=! expected a number, but got a
(inexact 1e400)
=> +inf.0
(exact (floor 2.5))
=> 2
;;; 6.2.7 Numerical input and output
(number->string 10 2)
=> "1010"
(number->string 255 16)
=> "ff"
(string->number "100")
=> 100
(string->number "100" 16)
=> 256
(string->number "1e2")
=> 100.0
(string->number "abc")
=> #f
(list #xff #b101 #o17 #e1.5 #i1/2 1e3 .5 -1. +5)
=> (255 5 15 3/2 0.5 1000.0 0.5 -1.0 5)
(list 1e21 1e100 1.5e-10 123456.789 -0.0)
=> (1e21 1e100 1.5e-10 123456.789 -0.0)
(string->number "1/3")
=> 1/3
(string->number "-")
=> #f
;;; 6.3 Booleans
(list (not 3) (not #f) (not '()) (boolean? #f) (boolean? 0) (boolean=? #t #t) #true #false)
=> (#f #t #f #t #f #t #t #f)
;;; 6.4 Pairs and lists
(define x (list 'a 'b 'c))
(define y x)
(list? y)
=> #t
(set-cdr! x 4)
(list x (eqv? x y) (list? y))
=> ((a . 4) #t #f)
(set-cdr! x x)
(list? x)
=> #f
(cons 'a '(b c))
=> (a b c)
(cons "a" '(b c))
=> ("a" b c)
(cons '(a) 'b)
=> ((a) . b)
(car '((a) b c d))
=> (a)
(cdr '(1 . 2))
=> 2
(car '())
=! expected a pair, but got ()
(make-list 2 3)
=> (3 3)
(list 'a (+ 3 4) 'c)
=> (a 7 c)
(length '(a (b) (c d e)))
=> 3
(length '(1 . 2))
=! expected a list
(append '(a) '(b c d))
=> (a b c d)
(append '(a b) '(c . d))
=> (a b c . d)
(append '() 'a)
=> a
(append)
=> ()
(reverse '(a (b c) d (e (f))))
=> ((e (f)) d (b c) a)
(list-tail '(a b c d) 2)
=> (c d)
(list-ref '(a b c d) (exact (round 1.8)))
=> c
(let ((ls (list 'one 'two 'five!))) (list-set! ls 2 'three) ls)
=> (one two three)
(memq 'c '(a b c d e))
=> (c d e)
(memq 'z '(a b))
=> #f
(member (list 'a) '(b (a) c))
=> ((a) c)
(member 2.0 '(1 2 3) =)
=> (2 3)
(memv 101 '(100 101 102))
=> (101 102)
(define e '((a 1) (b 2) (c 3)))
(list (assq 'a e) (assq 'd e) (assoc (list 'a) '(((a)) ((b)))) (assoc 2.0 '((1 1) (2 4)) =) (assv 5 '((2 3) (5 7))))
=> ((a 1) #f ((a)) (2 4) (5 7))
(define a '(1 8 2 8))
(define b (list-copy a))
(set-car! b 3)
(list a b)
=> ((1 8 2 8) (3 8 2 8))
(cadr '(1 2 3))
=> 2
(cddr '(1 2 3))
=> (3)
(caddr '(1 2 3))
=> 3
(cdddr '(1 2 3 4))
=> (4)
(filter odd? '(1 2 3 4 5))
=> (1 3 5)
(fold + 0 '(1 2 3))
=> 6
(fold cons '() '(1 2 3))
=> (3 2 1)
(fold-right cons '() '(1 2 3))
=> (1 2 3)
(reduce max 0 '(3 1 4))
=> 4
(iota 5 1)
=> (1 2 3 4 5)
(sort '(3 1 2) <)
=> (1 2 3)
(sort (vector 3 1 2) >)
=> #(3 2 1)
(list-sort (lambda (a b) (< (car a) (car b))) '((1 a) (0 b) (1 c) (0 d)))
=> ((0 b) (0 d) (1 a) (1 c))
(delete 2 '(1 2 3 2))
=> (1 3)
(any even? '(1 2 3))
=> #t
(every odd? '(1 3))
=> #t
(apply list 1 2 '(3 4))
=> (1 2 3 4)
;;; 6.5 Symbols
(list (symbol? 'foo) (symbol? (car '(a b))) (symbol? "bar") (symbol? '()))
=> (#t #t #f #f)
(symbol=? 'a 'a 'a)
=> #t
(symbol->string 'flying-fish)
=> "flying-fish"
(string->symbol "mISSISSIppi")
=> mISSISSIppi
(eq? 'bitBlt (string->symbol "bitBlt"))
=> #t
'|hello world|
=> |hello world|
(string->symbol "")
=> ||
'|a\x41;b|
=> aAb
(eq? (generate-symbol) (generate-symbol))
=> #f
;;; 6.6 Characters
(list #\a #\A #\space #\newline #\x41 #\( #\λ #\null)
=> (#\a #\A #\space #\newline #\A #\( #\λ #\null)
(list (char-upcase #\a) (char-downcase #\A) (char-alphabetic? #\a) (char-numeric? #\1) (char-whitespace? #\space))
=> (#\A #\a #t #t #t)
(list (char<? #\a #\b #\c) (char-ci=? #\a #\A) (digit-value #\3) (digit-value #\a))
=> (#t #t 3 #f)
(list (char->integer #\A) (integer->char 955))
=> (65 #\λ)
(integer->char 55296)
=! there is no such character
;;; 6.7 Strings
(list (string? "a") (make-string 3 #\*) (string #\a #\b) (string-length "abc") (string-ref "abc" 1))
=> (#t "***" "ab" 3 #\b)
(let ((s (make-string 3 #\*))) (string-set! s 0 #\λ) s)
=> "λ**"
(string-ref "abc" 3)
=! the index is outside of the string
(list (string=? "a" "a") (string<? "a" "b" "c") (string-ci=? "aB" "Ab") (string>? "b" "a"))
=> (#t #t #t #t)
(list (string-upcase "abc") (string-downcase "ABC") (string-foldcase "AbC"))
=> ("ABC" "abc" "abc")
(list (substring "hello" 1 3) (string-append "a" "b" "c") (string-copy "hello" 2))
=> ("el" "abc" "llo")
(list (string->list "abc") (string->list "abc" 1) (list->string '(#\a #\b)))
=> ((#\a #\b #\c) (#\b #\c) "ab")
(let ((a "12345") (b (string-copy "abcde"))) (string-copy! b 1 a 0 2) b)
=> "a12de"
(let ((s (string-copy "abcde"))) (string-copy! s 1 s 0 3) s)
=> "aabce"
(let ((s (make-string 3 #\a))) (string-fill! s #\b 1) s)
=> "abb"
"a\tb\\\"\x41;\
   c"
=> "a\tb\\\"Ac"
(string-map char-upcase "abc")
=> "ABC"
(string-map (lambda (c k) ((if (eqv? k #\u) char-upcase char-downcase) c)) "studlycaps xxx" "ululululul")
=> "StUdLyCaPs"
(let ((v '())) (string-for-each (lambda (c) (set! v (cons (char->integer c) v))) "abcde") v)
=> (101 100 99 98 97)
(string-join '("a" "b" "c") ", ")
=> "a, b, c"
;;; 6.8 Vectors
(list (vector 'a 'b 'c) (vector-ref '#(1 1 2 3 5 8 13 21) 5) (vector-length (make-vector 3)))
=> (#(a b c) 8 3)
(let ((vec (vector 0 '(2 2 2 2) "Anna"))) (vector-set! vec 1 '("Sue" "Sue")) vec)
=> #(0 ("Sue" "Sue") "Anna")
(vector-ref #(1 2) 2)
=! the index is outside of the vector: 2
(vector-ref '(1) 0)
=! expected a vector
(vector-set! (vector 1) -1 0)
=! expected an index
(list (vector->list '#(dah dah didah) 1) (vector->list '#(dah dah didah) 1 2) (list->vector '(dididit dah)))
=> ((dah didah) (dah) #(dididit dah))
(list (string->vector "ABC") (vector->string #(#\1 #\2 #\3)))
=> (#(#\A #\B #\C) "123")
(let ((a #(1 8 2 8))) (vector-copy a 2 4))
=> #(2 8)
(let ((a (vector 1 2 3 4 5)) (b (vector 10 20 30 40 50))) (vector-copy! b 1 a 0 2) b)
=> #(10 1 2 40 50)
(vector-append #(a b c) #(d e f))
=> #(a b c d e f)
(let ((a (vector 1 2 3 4 5))) (vector-fill! a 'smash 2 4) a)
=> #(1 2 smash smash 5)
(vector-map cadr '#((a b) (d e) (g h)))
=> #(b e h)
(let ((v (make-vector 5))) (for-each (lambda (i) (vector-set! v i (* i i))) '(0 1 2 3 4)) v)
=> #(0 1 4 9 16)
(let ((n 0)) (vector-for-each (lambda (x) (set! n (+ n x))) #(1 2 3)) n)
=> 6
(make-vector 2 'x)
=> #(x x)
;;; 6.9 Bytevectors
(list (make-bytevector 2 12) (bytevector 1 3 5) (bytevector-u8-ref '#u8(1 1 2 3 5 8 13 21) 5))
=> (#u8(12 12) #u8(1 3 5) 8)
(let ((bv (bytevector 1 2 3 4))) (bytevector-u8-set! bv 1 3) bv)
=> #u8(1 3 3 4)
(let ((a #u8(1 2 3 4 5))) (bytevector-copy a 2 4))
=> #u8(3 4)
(let ((a (bytevector 1 2 3 4 5)) (b (bytevector 10 20 30 40 50))) (bytevector-copy! b 1 a 0 2) b)
=> #u8(10 1 2 40 50)
(bytevector-append #u8(0 1 2) #u8(3 4 5))
=> #u8(0 1 2 3 4 5)
(list (utf8->string #u8(#x41)) (string->utf8 "λ"))
=> ("A" #u8(206 187))
(bytevector 256)
=! expected a byte
