// swift-tools-version: 6.2
import PackageDescription

// Targets import one way only: base → signal → metrics → statistics → store → analysis → report;  kernels → network →
// data → configuration → training;  both → evaluation → tools.
// System libraries are module maps under Sources/C…; `make setup` installs them.

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A command-line tool: thin, so it shares one shape.
func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies + ["TAVSEBase", "ToolSupport", argumentParser],
        path: "Sources/tools/\(name)")
}

let package = Package(
    name: "tavse",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TAVSEBase", targets: ["TAVSEBase"]),
        .library(name: "TAVSESignal", targets: ["TAVSESignal"]),
        .library(name: "TAVSEMetrics", targets: ["TAVSEMetrics"]),
        .library(name: "TAVSEStats", targets: ["TAVSEStats"]),
        .library(name: "TAVSEStore", targets: ["TAVSEStore"]),
        .library(name: "CTAVSEKernels", targets: ["CTAVSEKernels"]),
        .library(name: "TAVSENN", targets: ["TAVSENN"]),
        .library(name: "TAVSEModel", targets: ["TAVSEModel"]),
        .library(name: "TAVSEAnalysis", targets: ["TAVSEAnalysis"]),
        .library(name: "TAVSEReport", targets: ["TAVSEReport"]),
        .library(name: "TAVSEEvaluation", targets: ["TAVSEEvaluation"]),
        .library(name: "TAVSEData", targets: ["TAVSEData"]),
        .library(name: "TAVSECorpus", targets: ["TAVSECorpus"]),
        .library(name: "TAVSEConfiguration", targets: ["TAVSEConfiguration"]),
        .library(name: "TAVSETraining", targets: ["TAVSETraining"]),
        .executable(name: "tavse-data", targets: ["tavse-data"]),
        .executable(name: "tavse-eval", targets: ["tavse-eval"]),
        .executable(name: "tavse-report", targets: ["tavse-report"]),
        .executable(name: "tavse-train", targets: ["tavse-train"]),
        .executable(name: "tavse-gates", targets: ["tavse-gates"]),
        .executable(name: "tavse-enhance", targets: ["tavse-enhance"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .systemLibrary(
            name: "CFFTWFloat", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .systemLibrary(
            name: "CSndfile", pkgConfig: "sndfile",
            providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        .systemLibrary(
            name: "CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
        // No pkgConfig: GSL's adds -lgslcblas, which would clash with OpenBLAS.
        .systemLibrary(name: "CGSL", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),

        // Kernels in C; -O3 in every configuration, because unoptimised vector code is hundreds of times slower.
        .target(
            name: "CTAVSEKernels",
            cSettings: [.unsafeFlags(["-O3", "-std=gnu11"])]),

        // Libraries
        .target(name: "TAVSEBase", dependencies: ["CCrypto"]),
        .target(name: "TAVSESignal", dependencies: ["TAVSEBase", "CFFTW", "CFFTWFloat", "CSndfile"]),
        .target(name: "TAVSEMetrics", dependencies: ["TAVSEBase", "TAVSESignal"]),
        .target(name: "CTAVSEResampling"),
        .target(name: "TAVSEStats", dependencies: ["TAVSEBase", "CGSL", "CTAVSEResampling"]),
        .target(
            name: "TAVSEStore",
            dependencies: [
                "TAVSEBase",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(
            name: "TAVSEAnalysis", dependencies: ["TAVSEBase", "TAVSEMetrics", "TAVSEStats", "TAVSEStore"]),
        .target(
            name: "TAVSEReport",
            dependencies: [
                "TAVSEBase", "TAVSEMetrics", "TAVSESignal", "TAVSEStats", "TAVSEStore", "TAVSEAnalysis",
            ]),
        .target(name: "TAVSENN", dependencies: ["TAVSEBase", "CTAVSEKernels", "COpenBLAS"]),
        .target(name: "TAVSEModel", dependencies: ["TAVSEBase", "TAVSESignal", "TAVSENN"]),
        .target(
            name: "TAVSEData", dependencies: ["TAVSEBase", "TAVSESignal", "CLMDB", "CTurboJPEG", "CPNG"]),
        .target(name: "TAVSECorpus", dependencies: ["TAVSEBase", "TAVSESignal", "TAVSEData", "CZip"]),
        .target(
            name: "TAVSEConfiguration",
            dependencies: [
                "TAVSEBase", "TAVSEData", "TAVSEModel", "TAVSENN", "TAVSESignal",
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "TAVSETraining",
            dependencies: [
                "TAVSEBase", "TAVSEConfiguration", "TAVSEData", "TAVSEModel", "TAVSENN", "TAVSESignal",
                "CPNG",
            ]),
        .target(
            name: "TAVSEEvaluation",
            dependencies: [
                "TAVSEBase", "TAVSEConfiguration", "TAVSEData", "TAVSEModel", "TAVSENN", "TAVSESignal",
                "TAVSEMetrics", "TAVSEStats", "TAVSEStore",
            ]),

        // Tools
        .target(
            name: "ToolSupport", dependencies: [argumentParser, "TAVSEBase", "TAVSEStore"],
            path: "Sources/tools/support"),
        tool("tavse-data", ["TAVSECorpus", "TAVSEData", "TAVSESignal"]),
        tool(
            "tavse-eval",
            [
                "TAVSEConfiguration", "TAVSEData",
                "TAVSEEvaluation", "TAVSEMetrics", "TAVSEModel", "TAVSENN", "TAVSEAnalysis", "TAVSEReport",
                "TAVSESignal", "TAVSEStore",
            ]),
        tool("tavse-report", ["TAVSEAnalysis", "TAVSEMetrics", "TAVSEReport", "TAVSEStats", "TAVSEStore"]),
        tool(
            "tavse-train",
            [
                "TAVSEConfiguration", "TAVSEData", "TAVSEModel",
                "TAVSENN", "TAVSESignal", "TAVSETraining",
            ]),
        tool(
            "tavse-gates",
            [
                "TAVSEConfiguration",
                "TAVSEData", "TAVSEEvaluation", "TAVSEModel", "TAVSENN", "TAVSEAnalysis", "TAVSEReport",
                "TAVSEStats", "TAVSEStore",
            ]),
        tool(
            "tavse-enhance",
            [
                "TAVSEConfiguration", "TAVSEData", "TAVSEModel",
                "TAVSENN", "TAVSESignal",
            ]),

        // Tests
        .testTarget(name: "CTAVSEKernelsTests", dependencies: ["CTAVSEKernels"]),
        .testTarget(name: "TAVSEBaseTests", dependencies: ["TAVSEBase", "TestSupport"]),
        .testTarget(name: "TAVSESignalTests", dependencies: ["TAVSEBase", "TAVSESignal", "TestSupport"]),
        .testTarget(name: "TAVSEMetricsTests", dependencies: ["TAVSEMetrics", "TAVSESignal"]),
        // Values, files and pictures that several test targets make.
        .target(
            name: "TestSupport", dependencies: ["TAVSEBase", "TAVSEData", "TAVSEStats", "TAVSEStore"],
            path: "Tests/TestSupport"),
        .target(name: "ReferenceSupport", path: "Tests/ReferenceSupport"),
        .testTarget(name: "TAVSEStatsTests", dependencies: ["TAVSEStats", "ReferenceSupport"]),
        .testTarget(
            name: "TAVSEStoreTests",
            dependencies: [
                "TAVSEBase", "TAVSEMetrics", "TAVSEStore", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "TAVSEAnalysisTests",
            dependencies: [
                "TAVSEAnalysis", "TAVSEReport", "TAVSEStats", "TAVSEStore", "TestSupport", "ReferenceSupport",
            ]),
        .testTarget(
            name: "TAVSEReportTests",
            dependencies: [
                "TAVSEAnalysis", "TAVSEMetrics", "TAVSEReport", "TAVSESignal", "TAVSEStats", "TAVSEStore",
                "TestSupport", "ReferenceSupport",
            ]),
        .target(
            name: "NetworkReference", dependencies: ["TAVSENN", "ReferenceSupport"],
            path: "Tests/NetworkReference"),
        .testTarget(name: "TAVSENNTests", dependencies: ["TAVSENN", "NetworkReference"]),
        .testTarget(
            name: "TAVSEModelTests",
            dependencies: ["TAVSEModel", "TAVSENN", "TAVSESignal", "NetworkReference"]),
        .testTarget(
            name: "TAVSEConfigurationTests",
            dependencies: ["TAVSEConfiguration", "TAVSEData", "TAVSEModel"]),
        .testTarget(
            name: "TAVSETrainingTests",
            dependencies: [
                "TAVSETraining", "TAVSEConfiguration", "TAVSECorpus", "TAVSEData", "TAVSEModel", "TAVSENN",
                "TAVSESignal", "TestSupport",
            ]),
        .testTarget(
            name: "TAVSEEvaluationTests",
            dependencies: [
                "TAVSEBase", "TAVSEAnalysis", "TAVSECorpus", "TestSupport",
                "TAVSEEvaluation", "TAVSEConfiguration", "TAVSEData", "TAVSEMetrics", "TAVSEModel", "TAVSENN",
                "TAVSEReport", "TAVSESignal", "TAVSEStore",
            ]),
        .testTarget(
            name: "TAVSEDataTests", dependencies: ["TAVSEData", "TAVSECorpus", "TAVSESignal", "TestSupport"]),
        .testTarget(
            name: "TAVSECorpusTests",
            dependencies: ["TAVSECorpus", "TAVSEData", "TAVSESignal", "TAVSEMetrics", "TestSupport"]),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "CPNG", "ReferenceSupport", "TestSupport", "ToolSupport", "TAVSECorpus", "TAVSEConfiguration",
                "TAVSEData", "TAVSEModel",
                "TAVSENN", "TAVSESignal", "TAVSEStore",
                "tavse-data",
                "tavse-eval",
                "tavse-report", "tavse-train", "tavse-gates", "tavse-enhance",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
