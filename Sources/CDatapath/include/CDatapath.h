#pragma once
#include "fs_bpf.h"
