#!/bin/sh
# Build build/rise_edge.xcframework: device/cpp with ExecuTorch in it, for phones and for the simulator.
#
#   ./build_core.sh EXECUTORCH    a checkout of github.com/pytorch/executorch with its submodules
#
# Needs macOS with Xcode, CMake >= 3.24 and the Python environment in which ExecuTorch was installed.
set -eu

executorch=$(cd "${1:?expected the folder of an ExecuTorch checkout; see README.md}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work="$here/build"
toolchain="$executorch/third-party/ios-cmake/ios.toolchain.cmake"
test -f "$toolchain" || { echo "expected $toolchain; run git submodule update --init --recursive" >&2; exit 1; }

frameworks=
for target in ios:OS64:iphoneos ios-simulator:SIMULATORARM64:iphonesimulator; do
  preset=${target%%:*}
  rest=${target#*:}
  platform=${rest%%:*}
  sdk=${rest#*:}
  runtime="$work/executorch-$preset"
  cmake -S "$executorch" -B "$runtime" --preset "$preset" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$runtime/installed" \
    -DEXECUTORCH_BUILD_COREML=OFF -DEXECUTORCH_BUILD_MPS=OFF \
    -DEXECUTORCH_BUILD_EXTENSION_APPLE=OFF -DEXECUTORCH_BUILD_EXTENSION_LLM_APPLE=OFF \
    -DEXECUTORCH_BUILD_KERNELS_LLM=OFF
  cmake --build "$runtime" --config Release --target install
  core="$work/core-$preset"
  cmake -S "$here/../cpp" -B "$core" -G Xcode \
    -DCMAKE_TOOLCHAIN_FILE="$toolchain" -DPLATFORM="$platform" -DDEPLOYMENT_TARGET=17.0 \
    -Dexecutorch_DIR="$runtime/installed/lib/cmake/ExecuTorch" -DRISE_BUILD_PROGRAMS=OFF \
    -DCMAKE_FRAMEWORK=ON -DCMAKE_XCODE_ATTRIBUTE_CODE_SIGNING_ALLOWED=NO
  cmake --build "$core" --config Release --target rise_edge
  frameworks="$frameworks -framework $core/Release-$sdk/rise_edge.framework"
done

rm -rf "$work/rise_edge.xcframework"
# shellcheck disable=SC2086 # one word for each option
xcodebuild -create-xcframework $frameworks -output "$work/rise_edge.xcframework"
