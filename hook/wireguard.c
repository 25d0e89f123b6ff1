/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct tunnel to WG_CMD_SET_DEVICE. */
#include "wireguard.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/time_types.h>
#include <linux/wireguard.h>
#include <string.h>

#include "cleanup.h"

/* A nest's length is a u16, and a socket sends at most 208 KiB: this is well below both. */
#define MESSAGE_ROOM (32 * 1024)

/* Where the next message goes on. */
struct cursor {
	size_t peer;
	size_t allowed; /* of that peer */
	bool begun; /* all of that peer but its remaining AllowedIPs is sent */
};

static bool put_allowed(struct message *message, const struct prefix *prefix)
{
	struct nlattr *nest = message_nest(message, 0);

	if (!nest)
		return false;
	if (message_put_u16(message, WGALLOWEDIP_A_FAMILY, prefix->family) &&
	    message_put(message, WGALLOWEDIP_A_IPADDR, prefix->address,
			family_bytes(prefix->family)) &&
	    message_put_u8(message, WGALLOWEDIP_A_CIDR_MASK, prefix->length)) {
		message_nest_end(message, nest);
		return true;
	}
	message_nest_cancel(message, nest);
	return false;
}

/* As many as fit; whether that was all. */
static bool put_allowed_ips(struct message *message, const struct peer *peer, struct cursor *cursor)
{
	struct nlattr *nest;

	if (cursor->allowed == peer->allowed_count)
		return true;
	nest = message_nest(message, WGPEER_A_ALLOWEDIPS);
	if (!nest)
		return false;
	while (cursor->allowed < peer->allowed_count &&
	       put_allowed(message, &peer->allowed[cursor->allowed]))
		cursor->allowed++;
	message_nest_end(message, nest);
	return cursor->allowed == peer->allowed_count;
}

static bool put_endpoint(struct message *message, const struct peer *peer)
{
	if (!peer->host)
		return true;
	/* Any other length is ignored in silence (set_peer, netlink.c). */
	if (peer->address.sa.sa_family == AF_INET)
		return message_put(message, WGPEER_A_ENDPOINT, &peer->address.in,
				   sizeof(peer->address.in));
	return message_put(message, WGPEER_A_ENDPOINT, &peer->address.in6,
			   sizeof(peer->address.in6));
}

static bool put_once(struct message *message, const struct peer *peer, bool call)
{
	uint16_t keepalive = call ? peer_calling_keepalive(peer) : peer->keepalive;

	return message_put_u32(message, WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS) &&
	       (key_is_zero(&peer->preshared_key) ||
		message_put(message, WGPEER_A_PRESHARED_KEY, peer->preshared_key.bytes, KEY_LEN)) &&
	       put_endpoint(message, peer) &&
	       message_put_u16(message, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, keepalive);
}

/* One peer, or what fits of it: its key is repeated in each message. Whether that was all. */
static bool put_peer(struct message *message, const struct peer *peer, struct cursor *cursor,
		     bool call)
{
	struct nlattr *nest = message_nest(message, 0);
	bool all;

	if (!nest)
		return false;
	if (!message_put(message, WGPEER_A_PUBLIC_KEY, peer->public_key.bytes, KEY_LEN) ||
	    (!cursor->begun && !put_once(message, peer, call))) {
		message_nest_cancel(message, nest);
		return false;
	}
	cursor->begun = true;
	all = put_allowed_ips(message, peer, cursor);
	message_nest_end(message, nest);
	return all;
}

static void put_peers(struct message *message, const struct tunnel *tunnel, struct cursor *cursor,
		      bool call)
{
	struct nlattr *nest = message_nest(message, WGDEVICE_A_PEERS);

	while (cursor->peer < tunnel->peers_count &&
	       put_peer(message, &tunnel->peers[cursor->peer], cursor, call))
		*cursor = (struct cursor){ .peer = cursor->peer + 1 };
	message_nest_end(message, nest);
}

static int take_family(const struct nlmsghdr *answer, void *family, struct err *err)
{
	if (!message_get_u16(answer, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID, family))
		return fail(err, "the kernel's answer names no family");
	return 0;
}

static int find_family(struct netlink *genl, uint16_t *family, struct err *err)
{
	char buffer[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct message message;
	struct genlmsghdr *header =
		message_start(&message, buffer, sizeof(buffer), GENL_ID_CTRL, 0, GENL_HDRLEN);

	header->cmd = CTRL_CMD_GETFAMILY;
	header->version = 1;
	message_put(&message, CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME, sizeof(WG_GENL_NAME));
	return netlink_request(genl, message.header, take_family, family, err);
}

static void start_device(struct message *message, void *buffer, size_t room, uint16_t family,
			 uint8_t command, int index)
{
	struct genlmsghdr *header = message_start(message, buffer, room, family, 0, GENL_HDRLEN);

	header->cmd = command;
	header->version = WG_GENL_VERSION;
	message_put_u32(message, WGDEVICE_A_IFINDEX, (uint32_t)index);
}

struct secret_buffer {
	char bytes[MESSAGE_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static void wipe_buffer(struct secret_buffer *buffer)
{
	key_wipe(buffer, sizeof(*buffer));
}

int wireguard_configure(struct netlink *genl, int index, const struct tunnel *tunnel, uint16_t port,
			uint32_t mark, bool call, struct err *err)
{
	cleanup(wipe_buffer) struct secret_buffer buffer;
	struct cursor cursor = { 0 };
	bool first = true;
	uint16_t family;

	if (find_family(genl, &family, err) < 0)
		return -1;
	do {
		struct message message;

		start_device(&message, buffer.bytes, sizeof(buffer.bytes), family,
			     WG_CMD_SET_DEVICE, index);
		if (first) {
			message_put(&message, WGDEVICE_A_PRIVATE_KEY, tunnel->private_key.bytes,
				    KEY_LEN);
			message_put_u16(&message, WGDEVICE_A_LISTEN_PORT, port);
			message_put_u32(&message, WGDEVICE_A_FWMARK, mark);
			message_put_u32(&message, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
		}
		put_peers(&message, tunnel, &cursor, call);
		if (netlink_request(genl, message.header, NULL, NULL, err) < 0)
			return -1;
		first = false;
	} while (cursor.peer < tunnel->peers_count);
	return 0;
}

int wireguard_set_port(struct netlink *genl, int index, uint16_t port, struct err *err)
{
	char buffer[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct message message;
	uint16_t family;

	if (find_family(genl, &family, err) < 0)
		return -1;
	start_device(&message, buffer, sizeof(buffer), family, WG_CMD_SET_DEVICE, index);
	message_put_u16(&message, WGDEVICE_A_LISTEN_PORT, port);
	return netlink_request(genl, message.header, NULL, NULL, err);
}

static bool put_calm(struct message *message, const struct peer *peer)
{
	struct nlattr *nest;

	if (peer_calling_keepalive(peer) == peer->keepalive)
		return true;
	nest = message_nest(message, 0);
	if (nest && message_put(message, WGPEER_A_PUBLIC_KEY, peer->public_key.bytes, KEY_LEN) &&
	    message_put_u32(message, WGPEER_A_FLAGS, WGPEER_F_UPDATE_ONLY) &&
	    message_put_u16(message, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer->keepalive)) {
		message_nest_end(message, nest);
		return true;
	}
	if (nest)
		message_nest_cancel(message, nest);
	return false;
}

int wireguard_calm(struct netlink *genl, int index, const struct tunnel *tunnel, struct err *err)
{
	char buffer[MESSAGE_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t peer = 0;
	uint16_t family;

	if (find_family(genl, &family, err) < 0)
		return -1;
	while (peer < tunnel->peers_count) {
		struct message message;
		struct nlattr *nest;

		start_device(&message, buffer, sizeof(buffer), family, WG_CMD_SET_DEVICE, index);
		nest = message_nest(&message, WGDEVICE_A_PEERS);
		while (peer < tunnel->peers_count && put_calm(&message, &tunnel->peers[peer]))
			peer++;
		message_nest_end(&message, nest);
		if (netlink_request(genl, message.header, NULL, NULL, err) < 0)
			return -1;
	}
	return 0;
}

struct handshakes {
	const struct tunnel *tunnel;
	bool *answered;
	size_t next; /* the peer that comes next if they come in the order they were set in */
};

static bool *find_peer(struct handshakes *handshakes, const void *public_key)
{
	const struct tunnel *tunnel = handshakes->tunnel;

	for (size_t i = 0; i < tunnel->peers_count; i++) {
		size_t number = (handshakes->next + i) % tunnel->peers_count;

		if (memcmp(tunnel->peers[number].public_key.bytes, public_key, KEY_LEN) == 0) {
			handshakes->next = number + 1;
			return &handshakes->answered[number];
		}
	}
	return NULL;
}

static void take_peer(struct handshakes *handshakes, const struct attribute *peer)
{
	struct attributes inner = attribute_nest(peer);
	struct attribute attribute;
	bool *answered = NULL;

	/* The key comes first, the time only with a peer's first part (get_peer, netlink.c). */
	while (attribute_next(&inner, &attribute)) {
		struct __kernel_timespec when;

		if (attribute.type == WGPEER_A_PUBLIC_KEY && attribute.size == KEY_LEN)
			answered = find_peer(handshakes, attribute.data);
		if (attribute.type != WGPEER_A_LAST_HANDSHAKE_TIME || !answered ||
		    attribute.size != sizeof(when))
			continue;
		memcpy(&when, attribute.data, sizeof(when));
		*answered |= when.tv_sec != 0;
	}
}

static int take_device(const struct nlmsghdr *answer, void *handshakes, struct err *err)
{
	struct attributes attributes = message_attributes(answer, GENL_HDRLEN);
	struct attribute attribute, peer;

	(void)err;
	while (attribute_next(&attributes, &attribute)) {
		struct attributes peers = attribute_nest(&attribute);

		while (attribute.type == WGDEVICE_A_PEERS && attribute_next(&peers, &peer))
			take_peer(handshakes, &peer);
	}
	return 0;
}

int wireguard_dump(struct netlink *genl, int index, netlink_answer *take,
		   void (*forget)(void *context), void *context, struct err *err)
{
	char buffer[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct message message;
	uint16_t family;

	if (find_family(genl, &family, err) < 0)
		return -1;
	start_device(&message, buffer, sizeof(buffer), family, WG_CMD_GET_DEVICE, index);
	return netlink_dump(genl, message.header, take, forget, context, err);
}

/* What a broken dump has said of these is true all the same. */
static void keep(void *seen)
{
	(void)seen;
}

struct socket_seen {
	uint16_t port;
	uint32_t mark;
};

static int take_socket(const struct nlmsghdr *answer, void *context, struct err *err)
{
	struct attributes attributes = message_attributes(answer, GENL_HDRLEN);
	struct socket_seen *seen = context;
	struct attribute attribute;

	(void)err;
	while (attribute_next(&attributes, &attribute)) {
		if (attribute.type == WGDEVICE_A_LISTEN_PORT &&
		    attribute.size == sizeof(seen->port))
			memcpy(&seen->port, attribute.data, sizeof(seen->port));
		else if (attribute.type == WGDEVICE_A_FWMARK &&
			 attribute.size == sizeof(seen->mark))
			memcpy(&seen->mark, attribute.data, sizeof(seen->mark));
	}
	return 0;
}

int wireguard_socket(struct netlink *genl, int index, uint16_t *port, uint32_t *mark,
		     struct err *err)
{
	struct socket_seen seen = { 0 };

	if (wireguard_dump(genl, index, take_socket, keep, &seen, err) < 0)
		return -1;
	*port = seen.port;
	*mark = seen.mark;
	return 0;
}

int wireguard_handshakes(struct netlink *genl, int index, const struct tunnel *tunnel,
			 bool *answered, struct err *err)
{
	struct handshakes handshakes = { .tunnel = tunnel, .answered = answered };

	return wireguard_dump(genl, index, take_device, keep, &handshakes, err);
}
