extension ConfigurationKey {
    static let training: [ConfigurationKey] = [
        .whole("training.batch_size", \.training.batchSize, 1...65536, "Examples per forward pass"),
        .number("training.lr", \.training.lr, .above(0, to: 1), "Highest learning rate"),
        .number(
            "training.min_lr", \.training.minLR, .from(0, to: 1),
            "Learning rate at the end of the cosine; at most `lr`"),
        .whole(
            "training.warmup_steps", \.training.warmupSteps, 0...1_000_000_000,
            "Optimiser steps of linear warm-up"),
        .whole("training.max_epochs", \.training.maxEpochs, 1...1_000_000, "Maximum number of epochs"),
        .whole(
            "training.patience", \.training.patience, 1...1_000_000,
            "Epochs without a better validation SI-SNR before training stops"),
        .flag(
            "training.use_amp", \.training.useAMP,
            "Activations saved for the backward pass in bfloat16; arithmetic stays float32"),
        .whole(
            "training.grad_accum_steps", \.training.gradAccumSteps, 1...65536,
            "Batches whose gradients are averaged per optimiser step"),
        .number(
            "training.grad_clip", \.training.gradClip, .above(0, to: 1e9),
            "Largest norm of the gradient; longer ones are scaled down"),
        .flag(
            "training.gradient_checkpointing", \.training.gradientCheckpointing,
            "Computes the visual towers again in the backward pass instead of keeping their activations"),
        .choice(
            "training.optimizer", \.training.optimizer,
            "Optimizer: Adam with decoupled weight decay is the only one"),
        .number(
            "training.weight_decay", \.training.weightDecay, .from(0, to: 10), "Decoupled weight decay"),
        .numbers(
            "training.betas", \.training.betas, count: 2...2, .from(0, below: 1),
            "Decays of the optimiser's two running means"),
        .number(
            "training.loss.si_snr_weight", \.training.loss.siSNR, .from(0, to: 1e6),
            "Weight of the negative SI-SNR"),
        .number(
            "training.loss.magnitude_weight", \.training.loss.magnitude, .from(0, to: 1e6),
            "Weight of the mean magnitude error"),
        .seed("training.seed", \.training.seed, "Seed of weights, training mixes, crops, dropout and order"),
        .whole(
            "training.keep_top_k", \.training.keepTopK, 0...1000,
            "Best checkpoints kept, beside `latest` and `best`"),
        .whole("training.num_workers", \.training.numWorkers, 1...1024, "Threads that load data"),
        .whole(
            "training.threads", \.training.threads, 0...1024, "Threads that compute; 0 takes all processors"),
        .path(
            "training.checkpoint_dir", \.training.checkpointDir,
            "Where checkpoints go, in a folder named after the experiment",
            defaultInWords: "`<data.root>/checkpoints`"),
        .path(
            "training.log_dir", \.training.logDir, "Where logs go, in a folder named after the experiment",
            defaultInWords: "`<data.root>/logs`"),
        .whole(
            "training.log_interval", \.training.logInterval, 1...1_000_000_000,
            "Optimiser steps between lines of the training log"),
        .whole(
            "training.val_interval", \.training.valInterval, 1...1_000_000, "Epochs between validations"),
        .whole(
            "training.checkpoint_interval", \.training.checkpointInterval, 0...1_000_000_000,
            "Optimiser steps between saved states inside an epoch; 0 saves at the end of epochs only"),
        .whole(
            "training.max_non_finite_steps", \.training.maxNonFiniteSteps, 1...1_000_000,
            "Steps in a row without a finite loss and gradient before training stops"),
        .number(
            "training.max_bad_share", \.training.maxBadShare, .from(0, to: 1),
            "Share of the training utterances (one is always allowed) that may be unreadable before training stops"
        ),
    ]
}
