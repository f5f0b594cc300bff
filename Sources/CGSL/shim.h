#pragma once
// GSL's own CBLAS header declares the same names as OpenBLAS's with other types. Claiming its include guard
// and taking OpenBLAS's header instead lets one process import both; GSL's BLAS calls then resolve to OpenBLAS.
#define __GSL_CBLAS_H__
#if __has_include(<cblas.h>) && __has_include(<gsl/gsl_cdf.h>)
#include <cblas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#else
#error "TAVSE needs GSL and OpenBLAS: apt-get install libgsl-dev libopenblas-dev (or: make setup)"
#endif
