// CHECK: one expectation of a unit test. A failure is told with its place and ends the program.
#pragma once

#include <cstdio>
#include <cstdlib>

#define CHECK(holds)                                                            \
  do {                                                                          \
    if (!(holds)) {                                                             \
      std::fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #holds); \
      std::exit(1);                                                             \
    }                                                                           \
  } while (false)
