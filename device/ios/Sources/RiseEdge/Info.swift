import CRiseEdge

/// What a bundle says of itself.
public struct Info: Sendable {
    public let name: String
    /// To be shown at every start; not empty for simulated training data.
    public let notice: String
    /// sha256 of the manifest in hexadecimal; stands for the whole bundle.
    public let identity: String
    public let runtime: String
    /// Whether the training data was simulated.
    public let simulated: Bool
    public let cropSize: Int
    public let embeddingSize: Int

    init(_ info: rise_info) {
        name = String(cString: info.name)
        notice = String(cString: info.notice)
        identity = String(cString: info.identity)
        runtime = String(cString: info.runtime)
        simulated = info.simulated != 0
        cropSize = Int(info.crop_size)
        embeddingSize = Int(info.embedding_size)
    }
}

/// How a runtime did on the golden vectors.
public struct Proof: Sendable {
    public let count: Int
    /// Between the norm given and the norm that was to be given.
    public let largestDifference: Double
    /// Decisions that differ.
    public let flips: Int
    /// Whether every decision is the same and every norm is close.
    public let holds: Bool
    /// The same in words, as `python -m rise_edge.selftest` prints it.
    public let line: String

    init(_ proof: rise_proof) {
        count = Int(proof.count)
        largestDifference = proof.largest_difference
        flips = Int(proof.flips)
        holds = proof.holds != 0
        line = withUnsafeBytes(of: proof.line) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
