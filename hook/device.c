/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link, by the kernel or by a daemon. */
#include "device.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "netns.h"
#include "rtnl.h"
#include "ruleset.h"
#include "sysctl.h"
#include "wireguard.h"

static bool is_inside(const struct device *device)
{
	return device->request->socket == SOCKET_CONTAINER;
}

/* The link's own UDP socket will live where the socket was opened that asks for the link. */
static struct netlink *birthplace(struct device *device)
{
	return is_inside(device) ? &device->route : &device->host;
}

int device_open(struct device *device, struct err *err)
{
	device->port = device->request->port;
	if ((!is_inside(device) && netlink_open(NETLINK_ROUTE, &device->host, err) < 0) ||
	    netns_enter(device->netns, err) < 0 ||
	    netlink_open(NETLINK_ROUTE, &device->route, err) < 0 ||
	    netlink_open(NETLINK_GENERIC, &device->genl, err) < 0)
		return -1;
	return sysctl_ipv6(&device->ipv6, err);
}

void device_close(struct device *device)
{
	userspace_stop(&device->daemon);
	netlink_close(&device->host);
	netlink_close(&device->route);
	netlink_close(&device->genl);
}

static bool every_peer_has_endpoint(const struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->peers_count; i++)
		if (!tunnel->peers[i].host)
			return false;
	return tunnel->peers_count > 0;
}

/* Client files carry 51820 by habit; a peer that must find us needs the port that it was told. */
static int give_up_port(struct device *device, struct err *err)
{
	const struct request *request = device->request;

	if (is_inside(device)) /* the guard lets out that one alone */
		return fail(err, "the port %u is taken in the container", device->port);
	if (!every_peer_has_endpoint(&request->tunnel))
		return fail(
			err,
			"ListenPort %u is taken on the host, and a peer without Endpoint needs it",
			device->port);
	warn(device->warnings, "%s: ListenPort %u is taken on the host: another port is used",
	     request->file, device->port);
	device->port = 0;
	return 0;
}

/* By the kernel */

static int ask_for_link(struct device *device, const char *name, struct err *err)
{
	snprintf(device->created, sizeof(device->created), "%s", name);
	return link_add_wireguard(birthplace(device), device->netns, name, device->request->mtu,
				  err);
}

/*
 * Up to Linux 6.14.8 a name that some link of the host's has cannot be asked for, though it is free
 * in the container (rtnl_newlink looked it up in the sender's namespace). "wg%d" is no link's name,
 * and the container's namespace makes "wg0" of it; for names that do not end so, another name at
 * first. A rename waits for a grace period of RCU up to 6.8, some 20 ms.
 */
static int ask_by_another_name(struct device *device, struct err *err)
{
	const char *wanted = device->request->interface;
	size_t length = strlen(wanted);
	char name[IFNAMSIZ];

	if (length >= 2 && length + 1 < sizeof(name) && wanted[length - 1] == '0' &&
	    !(wanted[length - 2] >= '0' && wanted[length - 2] <= '9')) {
		snprintf(name, sizeof(name), "%.*s%%d", (int)length - 1, wanted);
		if (ask_for_link(device, name, err) < 0)
			return -1;
		memcpy(device->created, wanted, length + 1);
		return 0;
	}
	snprintf(name, sizeof(name), "owg%x", (unsigned int)getpid());
	return ask_for_link(device, name, err);
}

/* The link that was just made; nobody else's of that name, which would be up or have an alias. */
static int find_created(struct device *device, struct netlink *route, struct err *err)
{
	struct link link;
	bool found;

	if (link_get(route, device->created, &link, &found, err) < 0)
		return -1;
	if (!found || !link.ours || link.up || *link.alias)
		return fail_errno(err, ENODEV, "the link that was made");
	device->index = link.index;
	return 0;
}

static int create_by_kernel(struct device *device, struct err *err)
{
	const char *wanted = device->request->interface;

	if (ask_for_link(device, wanted, err) < 0) {
		if (err->number != EEXIST || is_inside(device) || device->host.broken)
			return -1;
		if (ask_by_another_name(device, err) < 0)
			return -1;
	}
	if (find_created(device, &device->route, err) < 0)
		return -1;
	if (strcmp(device->created, wanted) == 0)
		return 0;
	return link_rename(&device->route, device->index, wanted, err);
}

static int remove_created(struct device *device, struct netlink *route, struct err *err)
{
	if (!device->index && find_created(device, route, err) < 0)
		return err->number == ENODEV ? 0 : -1;
	if (link_delete(route, device->index, err) < 0)
		return err->number == ENODEV ? 0 : -1;
	return 0;
}

/* By a daemon */

static bool is_taken(int family, uint16_t port)
{
	union endpoint_address any = { .sa.sa_family = (sa_family_t)family };
	cleanup_close int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (family == AF_INET)
		any.in.sin_port = htons(port);
	else
		any.in6.sin6_port = htons(port);
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	return fd >= 0 && bind(fd, &any.sa, sizeof(any)) < 0 && errno == EADDRINUSE;
}

/* A daemon opens its sockets when the link goes up, and tells nobody that it could not. */
static int start_daemon(struct device *device, struct err *err)
{
	if (device->port && (is_taken(AF_INET, device->port) || is_taken(AF_INET6, device->port)) &&
	    give_up_port(device, err) < 0)
		return -1;
	return userspace_start(&device->daemon, err);
}

/* It lives in the host's namespace: its sockets are there, and nothing of it keeps the container's.
 */
static int create_by_daemon(struct device *device, const char *why, struct err *err)
{
	const struct request *request = device->request;
	cleanup_close int host = -1;
	struct err second;
	int result;

	if (is_inside(device))
		return fail(err, "%s, and a userspace one cannot have its socket in the container",
			    why);
	if (request->userspace && strcmp(request->userspace, "none") == 0)
		return fail(err, "%s, and --userspace none forbids a userspace one", why);
	if (userspace_find(request->userspace, &request->tunnel, device->daemon.program, err) < 0)
		return fail_in(err, "%s", why);
	host = netlink_namespace(&device->host, err);
	if (host < 0 || netns_enter(host, err) < 0)
		return -1;
	result = start_daemon(device, err);
	/* Failing, nothing is right in here; undoing begins with another try. */
	if (netns_enter(device->netns, result < 0 ? &second : err) < 0)
		return -1;
	if (result < 0)
		return -1;
	warn(device->warnings, "%s: %s: userspace WireGuard is used (%s)", request->file, why,
	     device->daemon.program);
	return 0;
}

static int configure_daemon(struct device *device, struct err *err)
{
	const struct request *request = device->request;
	bool found, ipv6 = device->ipv6 && request->mtu >= 1280; /* below it, links have none */
	struct link link;

	if (userspace_configure(&device->daemon, &request->tunnel, device->port,
				request->handshake > 0, err) < 0)
		return -1;
	if (link_get(&device->host, device->daemon.link, &link, &found, err) < 0)
		return -1;
	if (!found)
		return fail(err, "%s: its link is gone", device->daemon.program);
	if (link_move(&device->host, link.index, device->netns, request->interface, request->mtu,
		      ipv6, err) < 0)
		return -1;
	if (link_get(&device->route, request->interface, &link, &found, err) < 0)
		return -1;
	if (!found || !link.ours)
		return fail(err, "%s: its link is gone", device->daemon.program);
	device->index = link.index;
	return 0;
}

/* Either */

int device_create(struct device *device, struct err *err)
{
	if (amnezia_used(&device->request->tunnel.amnezia))
		return create_by_daemon(device, "the tunnel is AmneziaWG's", err);
	if (create_by_kernel(device, err) == 0)
		return 0;
	if (err->number != EOPNOTSUPP || birthplace(device)->broken)
		return -1;
	*device->created = '\0';
	return create_by_daemon(device, "this kernel has no WireGuard", err);
}

int device_configure(struct device *device, struct err *err)
{
	if (device->daemon.keeper)
		return configure_daemon(device, err);
	return wireguard_configure(&device->genl, device->index, &device->request->tunnel,
				   device->port, is_inside(device) ? RULESET_ENCRYPTED_MARK : 0,
				   device->request->handshake > 0, err);
}

/* The kernel opens the UDP socket now: so it is now that a taken port is heard of. */
int device_up(struct device *device, struct err *err)
{
	if (link_up(&device->route, device->index, err) == 0)
		return 0;
	if (err->number != EADDRINUSE || device->route.broken || !device->port)
		return -1;
	if (give_up_port(device, err) < 0 ||
	    wireguard_set_port(&device->genl, device->index, device->port, err) < 0)
		return -1;
	return link_up(&device->route, device->index, err);
}

static int ask_handshakes(struct device *device, bool *answered, struct err *err)
{
	const struct tunnel *tunnel = &device->request->tunnel;
	int result =
		device->daemon.keeper
			? userspace_handshakes(&device->daemon, tunnel, answered, err)
			: wireguard_handshakes(&device->genl, device->index, tunnel, answered, err);

	return result < 0 && err->number == EINTR ? 0 : result; /* changed meanwhile: asked again */
}

/* The first peer that was called and has not answered; NULL: there is none. */
static const struct peer *first_silent(const struct tunnel *tunnel, const bool *answered)
{
	for (size_t i = 0; i < tunnel->peers_count; i++)
		if (tunnel->peers[i].host && !answered[i])
			return &tunnel->peers[i];
	return NULL;
}

static bool is_asked_to_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) ||
		sigismember(&pending, SIGHUP) || sigismember(&pending, SIGQUIT));
}

static long long milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int device_wait_handshakes(struct device *device, struct err *err)
{
	const struct request *request = device->request;
	const struct timespec pause = { .tv_nsec = 20000000 };
	cleanup_free bool *answered = calloc(request->tunnel.peers_count + 1, sizeof(*answered));
	long long end = milliseconds_now() + request->handshake * 1000LL;
	const struct peer *silent;

	if (!answered)
		return fail(err, "out of memory");
	for (;;) {
		if (ask_handshakes(device, answered, err) < 0)
			return -1;
		silent = first_silent(&request->tunnel, answered);
		if (!silent)
			break;
		if (is_asked_to_end())
			return fail(err, "interrupted by a signal");
		if (milliseconds_now() >= end)
			return fail(err, "%s:%u: no handshake within %u s with the peer '%s'",
				    request->file, silent->endpoint_line, request->handshake,
				    silent->host);
		nanosleep(&pause, NULL);
	}
	return device->daemon.keeper
		       ? userspace_calm(&device->daemon, &request->tunnel, err)
		       : wireguard_calm(&device->genl, device->index, &request->tunnel, err);
}

int device_keep(struct device *device, struct err *err)
{
	return userspace_keep(&device->daemon, err);
}

/* Addresses, routes, keys and the alias go with the link. */
int device_remove(struct device *device, struct netlink *route, struct err *err)
{
	userspace_stop(&device->daemon);
	/* A daemon without its keeper ends with its link. */
	if ((*device->created || device->index) && remove_created(device, route, err) < 0)
		return -1;
	*device->created = '\0';
	device->index = 0;
	return 0;
}
