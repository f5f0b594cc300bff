// Placeholder until the first source file of TAVSEStore lands.
