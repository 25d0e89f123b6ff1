/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What probe.c sends and capture.c knows again. */
#ifndef LEAK_H
#define LEAK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A packet's cell is a number: this mark and the number in network order are the payload, again and
 * again, so that each fragment has them. TCP's first segment has none: its source port is the
 * number.
 */
#define LEAK_MARK "OWLk"
#define LEAK_FORGED "OWLf" /* of a question that a cell's packet answers */
#define LEAK_PORT 1024
#define LEAK_CELLS 32768

/*
 * The barrier: a frame asked by the prober and answered by the capture. All that was sent before
 * the question is counted when the answer is there. ARP's type, which the guard lets out; ARP
 * itself takes no notice of what does not begin as it does.
 */
#define LEAK_ETHERTYPE 0x0806
#define LEAK_QUESTION "owlq"
#define LEAK_ANSWER "owla"

/* The topology (tests/leak/suite draws it). */
#define LEAK_LINK "eth0"
#define GATEWAY4 "172.30.0.1"
#define GATEWAY6 "fd30::1"
#define GATEWAY_LOCAL6 "fe80::1"
#define OWN4 "172.30.0.2"
#define OWN6 "2001:db8:30::2"
#define TARGET4 "198.51.100.80"
#define TARGET6 "2001:db8:51::80"
#define ENDPOINT4                                                                                  \
	"192.0.2.2" /* of the tunnel's peer, and the link's own port with the tunnel "inside" */
#define ENDPOINT_PORT 51820
#define LISTEN_PORT 51000
#define RESOLVER4 "203.0.113.53"
#define RESOLVER6 "2001:db8:53::53"

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

#endif
