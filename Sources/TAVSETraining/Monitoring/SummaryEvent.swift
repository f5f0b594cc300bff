/// TensorBoard's Event message, as far as a training log needs it.
///
/// > Source: field numbers of `event.proto` and `summary.proto` of TensorFlow.
enum SummaryEvent {
    /// One named value of a summary.
    enum Value {
        case scalar(Double)
        /// PNG bytes and size in pixels.
        case image(png: [UInt8], width: Int, height: Int, description: String)
        /// WAV bytes.
        case audio(wave: [UInt8], sampleRate: Int, samples: Int)
    }

    /// What a reader needs to decide about an event.
    struct Header: Equatable {
        let step: Int
        let holdsSummary: Bool
    }

    /// The event that opens a file.
    static func version(wallTime: Double) -> [UInt8] {
        var event = ProtobufMessage()
        event.append(wallTime, field: 1)
        event.append("brain.Event:2", field: 3)
        return event.bytes
    }

    /// A start of a session: a running TensorBoard forgets what it had read from this step on.
    static func sessionStart(wallTime: Double, step: Int) -> [UInt8] {
        var session = ProtobufMessage()
        session.append(1, field: 1)
        var event = ProtobufMessage()
        event.append(wallTime, field: 1)
        event.append(step, field: 2)
        event.append(session, field: 7)
        return event.bytes
    }

    /// Named values of one step.
    static func summary(wallTime: Double, step: Int, values: [(tag: String, value: Value)]) -> [UInt8] {
        var summary = ProtobufMessage()
        for (tag, value) in values { summary.append(message(tag: tag, value: value), field: 1) }
        var event = ProtobufMessage()
        event.append(wallTime, field: 1)
        event.append(step, field: 2)
        event.append(summary, field: 5)
        return event.bytes
    }

    /// Step and kind of an encoded event.
    static func header(_ data: ArraySlice<UInt8>) -> Header {
        var reader = ProtobufReader(data)
        var step = 0
        var holdsSummary = false
        while let field = reader.next() {
            if field.number == 2, let value = field.varint {
                step = Int(Int64(bitPattern: value))
            }
            if field.number == 5 { holdsSummary = true }
        }
        return Header(step: step, holdsSummary: holdsSummary)
    }

    private static func message(tag: String, value: Value) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.append(tag, field: 1)
        switch value {
        case .scalar(let value): message.append(Float(value), field: 2)
        case .image(let png, let width, let height, let description):
            var image = ProtobufMessage()
            image.append(height, field: 1)
            image.append(width, field: 2)
            image.append(3, field: 3)  // red, green, blue
            image.append(png, field: 4)
            message.append(image, field: 4)
            var metadata = ProtobufMessage()
            metadata.append(tag, field: 2)
            metadata.append(description, field: 3)
            message.append(metadata, field: 9)
        case .audio(let wave, let sampleRate, let samples):
            var audio = ProtobufMessage()
            audio.append(Float(sampleRate), field: 1)
            audio.append(1, field: 2)
            audio.append(samples, field: 3)
            audio.append(wave, field: 4)
            audio.append("audio/wav", field: 5)
            message.append(audio, field: 6)
        }
        return message
    }
}
