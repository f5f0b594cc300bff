#pragma once
#if __has_include(<cblas.h>)
#include <cblas.h>
#else
#error "TAVSE needs OpenBLAS: apt-get install libopenblas-dev (or: make setup)"
#endif
