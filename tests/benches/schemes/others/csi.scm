;; What the programs need beyond the names of CHICKEN. It has no hash tables without a package that has to be compiled.
(import (chicken sort))
(define (list-sort less? items) (sort items less?))
(define (list-head items n) (if (= n 0) '() (cons (car items) (list-head (cdr items) (- n 1)))))
