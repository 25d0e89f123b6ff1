/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked for: annotations, options and the tunnel file, checked and complete. Reads the
 * tunnel file, nothing else.
 */
#ifndef HOOK_REQUEST_H
#define HOOK_REQUEST_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bypass.h"
#include "err.h"
#include "ip.h"
#include "names.h"
#include "settings.h"
#include "state.h"
#include "tunnel.h"

enum dns {
	DNS_TUNNEL, /* the file's DNS= */
	DNS_ENGINE, /* resolv.conf is left alone */
	DNS_LIST, /* the servers that were asked for */
};

enum killswitch {
	KILLSWITCH_ON,
	KILLSWITCH_ROUTES,
	KILLSWITCH_OFF,
};

/* Where the link's UDP socket lives, and by whose network encrypted packets leave. */
enum socket_place {
	SOCKET_HOST,
	SOCKET_CONTAINER,
};

struct request {
	char *name; /* the tunnel's: its file's name without ".conf" */
	char *file; /* its path */
	char interface[IFNAMSIZ];
	struct bypass *bypass; /* sorted, none in another */
	size_t bypass_count;
	enum dns dns;
	struct names asked_names; /* with DNS_LIST */
	enum killswitch killswitch;
	bool deny_networks; /* the container's own; with KILLSWITCH_ON alone */
	enum socket_place socket;
	bool socket_asked; /* not what is usual */
	unsigned int handshake; /* seconds to wait for the first ones, 0: not at all */
	const char *userspace; /* a program, "none", or NULL: any; the options' */
	const char *scratch_dir; /* the options' too */
	struct tunnel tunnel;
	struct prefix *carried; /* all AllowedIPs, sorted, without those that another covers */
	size_t carried_count;
	bool full; /* the tunnel carries every global address of IPv4 or of IPv6 */
	unsigned int mtu; /* bytes; the file's, else 0 until there is an endpoint_mtu() */
	uint16_t port; /* ListenPort, host order; the file's, else 0: any, but for SOCKET_CONTAINER
			*/
};

/*
 * Puts together OPTIONS, the annotations of STATE (NULL: none, for a verb that has no container's
 * state) and the tunnel file. *wanted is false, and *request empty, when nobody asked for a tunnel.
 * On success *request owns memory: request_free(), which wipes keys too.
 */
int request_parse(const struct options *options, const struct state *state, struct request *request,
		  bool *wanted, struct warnings *warnings, struct err *err);

/* Refuses the settings in OPTIONS that request_parse() would refuse with any tunnel file. */
int request_check(const struct options *options, struct err *err);

void request_free(struct request *request);

/*
 * The last of the request, which is no user's to say. HOST_IS_OURS: the hook may make a socket in
 * the host's network namespace. Where it may not, as a rootless engine's, the container is the
 * place, with a warning, unless "host" was asked for: that fails. There the guard has to know the
 * port: without ListenPort one is chosen at random.
 */
int request_place_socket(struct request *request, bool host_is_ours, struct warnings *warnings,
			 struct err *err);

/* Who answers names, whoever said so; empty with DNS_ENGINE. The request's. */
const struct names *request_names(const struct request *request);

/*
 * Whether SERVER, one of theirs, is asked by the tunnel and not otherwise: the file's are, also
 * where a bypass or a network of the container's own has their address (10.x is everybody's), as
 * far as the tunnel carries them. Servers that were asked for may be meant elsewhere, on loopback
 * or beside the container: they go where other traffic goes.
 */
bool request_is_pinned(const struct request *request, const struct prefix *server);

/*
 * 64 bits (FNV-1a) over all that was asked for but keys, public ones too, and resolved addresses.
 */
uint64_t request_digest(const struct request *request);

#endif /* HOOK_REQUEST_H */
