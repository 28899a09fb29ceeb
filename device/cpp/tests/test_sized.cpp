// A structure that has grown since a program was compiled: the program reads and writes what it knows.
#include <cstdint>

#include "api/sized.hpp"
#include "check.hpp"

namespace {

struct Grown {
  std::uint32_t size = sizeof(Grown);
  std::int32_t first = 0;
  double second = 0;
};

}  // namespace

template <>
constexpr std::uint32_t rise::kFirstSize<Grown> = 8;

static Grown of_an_older_header(std::int32_t first, double beyond) {
  Grown given;
  given.size = 8;
  given.first = first;
  given.second = beyond;
  return given;
}

static bool refused(const Grown& given) {
  try {
    rise::expect_size(given, "Grown");
    return false;
  } catch (const rise::Failure& failure) {
    return failure.status == RISE_ERROR_ARGUMENT;
  }
}

static void sizes_between_the_first_and_the_newest_are_taken() {
  Grown given;
  for (const std::uint32_t size : {0U, 7U, 17U, 0xffffffffU}) {
    given.size = size;
    CHECK(refused(given));
  }
  for (const std::uint32_t size : {8U, 16U}) {
    given.size = size;
    CHECK(!refused(given));
  }
}

static void nothing_is_written_beyond_what_the_caller_has() {
  Grown output = of_an_older_header(1, 5);
  rise::put({sizeof(Grown), 7, 9}, output);
  CHECK(output.size == 8 && output.first == 7 && output.second == 5);
  rise::clear_sized(&output);
  CHECK(output.size == 8 && output.first == 0 && output.second == 5);
  Grown whole;
  rise::put({sizeof(Grown), 7, 9}, whole);
  CHECK(whole.first == 7 && whole.second == 9);
  rise::clear_sized(&whole);
  CHECK(whole.size == sizeof(Grown) && whole.first == 0 && whole.second == 0);
}

static void an_output_of_an_unknown_size_loses_what_every_header_has() {
  Grown output = of_an_older_header(1, 5);
  output.size = 0;
  rise::clear_sized(&output);
  CHECK(output.first == 0 && output.second == 5);
  rise::clear_sized<Grown>(nullptr);
}

static void fields_that_the_caller_does_not_know_take_their_defaults() {
  const Grown taken = rise::take(of_an_older_header(1, 5), {sizeof(Grown), 7, 9});
  CHECK(taken.size == sizeof(Grown) && taken.first == 1 && taken.second == 9);
}

int main() {
  sizes_between_the_first_and_the_newest_are_taken();
  nothing_is_written_beyond_what_the_caller_has();
  an_output_of_an_unknown_size_loses_what_every_header_has();
  fields_that_the_caller_does_not_know_take_their_defaults();
}
