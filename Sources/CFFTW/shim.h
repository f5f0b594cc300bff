#pragma once
#if __has_include(<fftw3.h>)
#include <fftw3.h>
#else
#error "TAVSE needs FFTW 3: apt-get install libfftw3-dev (or: make setup)"
#endif
