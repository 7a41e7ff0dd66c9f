//! Whole-program tests, one binary. Rooms test themselves beside their code.

mod suite;
