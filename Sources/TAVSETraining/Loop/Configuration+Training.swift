import TAVSEConfiguration
import TAVSEModel
import TAVSENN

extension Configuration {
    /// Constants of the optimiser.
    var optimizerOptions: AdamW.Options {
        var options = AdamW.Options()
        options.beta1 = training.betas[0]
        options.beta2 = training.betas[1]
        options.weightDecay = training.weightDecay
        return options
    }

    /// How a step is made.
    var stepSettings: StepSettings {
        StepSettings(
            loss: EnhancementLoss(
                siSNRWeight: Float(training.loss.siSNR), magnitudeWeight: Float(training.loss.magnitude)),
            gradientClip: training.gradClip, savedPrecision: training.useAMP ? .bfloat16 : .float32,
            products: training.useAMP ? .bfloat16 : .float32, recomputesVisual: training.gradientCheckpointing
        )
    }
}
