#pragma once
#include "fs_pcap.h"
