//! Heap, counts, shapes, types: the home of heap unsafe.
