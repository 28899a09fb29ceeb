#include "crop/orient.hpp"

namespace rise {

Point delivered(Point upright, const rise_frame& frame, int width, int height) {
  const bool lying = frame.rotation_deg == 90 || frame.rotation_deg == 270;
  if (frame.mirrored) upright.x = (lying ? height : width) - upright.x;
  switch (frame.rotation_deg) {
    case 90:
      return {upright.y, height - upright.x};
    case 180:
      return {width - upright.x, height - upright.y};
    case 270:
      return {width - upright.y, upright.x};
    default:
      return upright;
  }
}

}  // namespace rise
