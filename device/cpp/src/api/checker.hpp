// Checker: one crop or one frame in, one verdict out. What stands behind the C interface.
#pragma once

#include <filesystem>
#include <memory>

#include "bundle/bundle.hpp"
#include "decision/verdict.hpp"
#include "model/model.hpp"
#include "registration/registration.hpp"
#include "rise_edge.h"

namespace rise {

class Checker {
 public:
  // Throws Failure, as every function here does.
  Checker(const std::filesystem::path& folder, rise_runtime runtime, int threads,
          const Pin* pin = nullptr);

  rise_info info() const;
  bool has_radius(std::uint32_t modalities) const { return radii_.count(modalities) != 0; }

  // Of the margins of one presentation with these modalities.
  MarginScatter scatter(std::uint32_t modalities) const;

  // The same modalities; throws Failure unless colour is among them and nothing unknown is.
  static std::uint32_t expect_required(std::uint32_t required);

  // Fills `embedding` as well if it is not null.
  rise_reading read(const rise_crop& crop, Embedding* embedding = nullptr);
  // `face` is the one that was cut out; null where nobody knows it.
  Verdict judge(const rise_crop& crop, std::uint32_t required,
                     const rise_face* face = nullptr);
  rise_crop cut(const rise_frame& frame, const rise_face& face, std::uint32_t required);
  const Cut& last_cut() const { return cut_; }
  rise_proof selftest(const char* golden);

  // Whether colour decides where nothing else is required.
  void accept_colour_alone(bool accept) { accepts_colour_alone_ = accept; }

 private:
  Bundle bundle_;
  const char* runtime_;
  std::map<std::uint32_t, double> radii_;
  std::unique_ptr<Model> model_;
  Cut cut_{};
  bool accepts_colour_alone_ = false;
};

}  // namespace rise
