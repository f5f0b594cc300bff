// Placeholder until the first source file of TAVSEReport lands.
