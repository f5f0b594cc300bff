#pragma once
#if __has_include(<turbojpeg.h>)
#include <turbojpeg.h>
#else
#error "TAVSE needs libjpeg-turbo: apt-get install libturbojpeg0-dev (or: make setup)"
#endif
