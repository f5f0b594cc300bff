#pragma once
#if __has_include(<lmdb.h>)
#include <lmdb.h>
#else
#error "TAVSE needs LMDB: apt-get install liblmdb-dev (or: make setup)"
#endif

