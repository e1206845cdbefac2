#pragma once
// What Swift sees of rtnetlink, ethtool and a few system calls: plain C types, no libnl type and no macro, because
// the importer can neither follow libnl's opaque chains nor the NLA_PUT macros.
#include "fs_ethtool.h"
#include "fs_netlink.h"
#include "fs_system.h"
#include "fs_xdp.h"
