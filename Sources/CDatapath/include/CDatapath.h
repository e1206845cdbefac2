// Umbrella of what the datapaths need from C.
#pragma once

#include "fs_bpf.h"
#include "fs_filter.h"
#include "fs_pcap.h"
#include "fs_word.h"
