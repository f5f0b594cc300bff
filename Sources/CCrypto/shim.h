#pragma once
#if __has_include(<openssl/evp.h>)
#include <openssl/evp.h>
#else
#error "TAVSE needs OpenSSL's libcrypto: apt-get install libssl-dev (or: make setup)"
#endif
