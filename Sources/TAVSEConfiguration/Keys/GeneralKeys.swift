extension ConfigurationKey {
    static let general: [ConfigurationKey] = [
        .name(
            "experiment_name", \.experimentName,
            "Names the folders of checkpoints and logs, and the system in the results store")
    ]
}
