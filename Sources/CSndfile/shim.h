#pragma once
#if __has_include(<sndfile.h>)
#include <sndfile.h>
#else
#error "TAVSE needs libsndfile: apt-get install libsndfile1-dev (or: make setup)"
#endif
