#pragma once

/// The module's version, said here alone: the Makefile reads it, `make lint` compares with it what names it elsewhere.
#define AEP_VERSION "0.1.0"
