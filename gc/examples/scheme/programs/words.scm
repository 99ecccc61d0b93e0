;; Strings, characters and a table: which words are the commonest.

(define text
  "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox
   runs over the hill and the quick dog wakes and runs and the fox is gone")

(define (words text)
  (let loop ((chars (string->list text)) (word '()) (words '()))
    (define (ended) (if (null? word) words (cons (list->string (reverse word)) words)))
    (cond ((null? chars) (reverse (ended)))
          ((char-alphabetic? (car chars)) (loop (cdr chars) (cons (car chars) word) words))
          (else (loop (cdr chars) '() (ended))))))

(define (count-words words)
  (let ((counts (make-hash-table)))
    (for-each (lambda (word) (hash-table-update!/default counts word (lambda (n) (+ n 1)) 0)) words)
    (sort (hash-table->alist counts)
          (lambda (a b) (or (> (cdr a) (cdr b)) (and (= (cdr a) (cdr b)) (string<? (car a) (car b))))))))

(define (repeat n items) (if (= n 0) '() (append items (repeat (- n 1) items))))
(for-each (lambda (entry) (write entry) (newline)) (list-head (count-words (repeat 50 (words text))) 5))
