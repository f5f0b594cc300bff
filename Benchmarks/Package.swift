// swift-tools-version: 6.2
import PackageDescription

// Benchmarks stand in a package of their own, so that nobody builds them who does not run them.
// Each is a plain program that prints a table; peers/ holds the scripts that do the same work in Python.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tavse", path: "..")],
    targets: [
        .executableTarget(
            name: "kernels-benchmark", dependencies: [.product(name: "CTAVSEKernels", package: "tavse")]),
        .executableTarget(
            name: "loader-benchmark", dependencies: [.product(name: "TAVSEData", package: "tavse")]),
        .executableTarget(
            name: "metrics-benchmark",
            dependencies: [
                .product(name: "TAVSEMetrics", package: "tavse"),
                .product(name: "TAVSESignal", package: "tavse"),
            ]),
        .executableTarget(
            name: "store-benchmark", dependencies: [.product(name: "TAVSEStore", package: "tavse")]),
        .executableTarget(
            name: "training-benchmark",
            dependencies: [
                .product(name: "TAVSEModel", package: "tavse"), .product(name: "TAVSENN", package: "tavse"),
            ]),
        .executableTarget(
            name: "statistics-benchmark",
            dependencies: [
                .product(name: "TAVSEAnalysis", package: "tavse"),
                .product(name: "TAVSEBase", package: "tavse"),
                .product(name: "TAVSEReport", package: "tavse"),
                .product(name: "TAVSEStats", package: "tavse"),
                .product(name: "TAVSEStore", package: "tavse"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
