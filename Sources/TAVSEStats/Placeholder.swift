// Placeholder until the first source file of TAVSEStats lands.
