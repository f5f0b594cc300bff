// Placeholder until the first source file of TAVSEEvaluation lands.
