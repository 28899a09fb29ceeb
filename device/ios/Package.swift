// swift-tools-version:5.9
import PackageDescription

// `build_core.sh` makes the binary target: the C++ library with ExecuTorch in it.
let package = Package(
    name: "RiseEdge",
    platforms: [.iOS(.v17)],
    products: [.library(name: "RiseEdge", targets: ["RiseEdge"])],
    targets: [
        .binaryTarget(name: "rise_edge", path: "build/rise_edge.xcframework"),
        .systemLibrary(name: "CRiseEdge"),
        .target(name: "RiseEdge", dependencies: ["CRiseEdge", "rise_edge"]),
    ]
)
