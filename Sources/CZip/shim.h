#pragma once
#if __has_include(<zip.h>)
#include <zip.h>
#else
#error "TAVSE needs libzip: apt-get install libzip-dev (or: make setup)"
#endif
