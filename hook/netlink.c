/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink over libmnl. */
#include "netlink.h"

#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <libmnl/libmnl.h>

/* The kernel fills at most 32 KiB in one part of a dump (netlink_dump, af_netlink.c). */
#define ANSWER_ROOM (32 * 1024)

#define WAIT_SECONDS 10

#define ERRNO_MAX 4095 /* linux/err.h, MAX_ERRNO */

int netlink_open(int bus, struct netlink *netlink, struct err *err)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int on = 1;

	if (!socket)
		return fail_errno(err, errno, "netlink socket");
	/* Words in errors need 4.12, capped acknowledgements 4.3; without them it works as well. */
	(void)mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
	/* Where refusals are too many to be kept, the first of them is what is told. */
	(void)mnl_socket_setsockopt(socket, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	if (setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) <
		    0 ||
	    mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		fail_errno(err, errno, "netlink socket");
		mnl_socket_close(socket);
		return -1;
	}
	*netlink = (struct netlink){ .socket = socket };
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	netlink->socket = NULL;
}

int netlink_namespace(const struct netlink *netlink, struct err *err)
{
	/* Closed on exec (open_related_ns(), fs/nsfs.c). */
	int fd = ioctl(mnl_socket_get_fd(netlink->socket), SIOCGSKNS);

	if (fd < 0)
		return fail_errno(err, errno, "the network namespace of a socket");
	return fd;
}

static int broken(struct netlink *netlink, int number, const char *what, struct err *err)
{
	netlink->broken = true;
	return fail_errno(err, number, "netlink: %s", what);
}

/* The kernel's own words on a refusal (NLMSGERR_ATTR_MSG); "" when it has none. */
static const char *words_of(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(answer);
	size_t skip = sizeof(*refusal);
	struct attributes attributes;
	struct attribute attribute;

	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return "";
	if (!(answer->nlmsg_flags & NLM_F_CAPPED)) /* the whole request comes back */
		skip += refusal->msg.nlmsg_len - NLMSG_HDRLEN;
	attributes = message_attributes(answer, skip);
	while (attribute_next(&attributes, &attribute)) {
		const char *words = attribute.data;

		if (attribute.type == NLMSGERR_ATTR_MSG && attribute.size &&
		    !words[attribute.size - 1])
			return words;
	}
	return "";
}

static int refused(int number, const char *words, struct err *err)
{
	if (!*words)
		fail(err, "%s", strerror(number));
	else
		fail(err, "%s (%s)", strerror(number), words);
	err->number = number;
	return -1;
}

struct exchange {
	uint32_t first, last; /* sequence numbers */
	uint32_t refused; /* the sequence number of what was, or 0 */
	netlink_answer *answer;
	void *context;
	struct err *err;
	int result; /* the first failure */
	bool done;
};

/* ERROR, in an answer, is 0 or a negative errno. */
static void take_failure(struct exchange *exchange, int error, const char *words)
{
	int number = error < -ERRNO_MAX || error > 0 ? EPROTO : -error;

	if (number && exchange->result == 0)
		exchange->result = refused(number, words, exchange->err);
}

/*
 * What there is to a refusal has been done, or undone, when its answer comes: the kernel carries
 * out what it is sent before the send returns (netlink_unicast_kernel, nfnetlink_rcv_batch).
 */
static void take_acknowledgement(struct exchange *exchange, const struct nlmsghdr *header)
{
	const struct nlmsgerr *refusal = mnl_nlmsg_get_payload(header);

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*refusal))
		return;
	if (refusal->error && exchange->result == 0)
		exchange->refused = header->nlmsg_seq;
	take_failure(exchange, refusal->error, refusal->error ? words_of(header) : "");
	exchange->done |= refusal->error || header->nlmsg_seq == exchange->last;
}

static void take_answer(struct exchange *exchange, const struct nlmsghdr *header)
{
	/* An answer to an earlier request, one that timed out: not ours. */
	if (header->nlmsg_seq - exchange->first > exchange->last - exchange->first)
		return;
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		take_failure(exchange, -EINTR, "");
	switch (header->nlmsg_type) {
	case NLMSG_ERROR: take_acknowledgement(exchange, header); break;
	case NLMSG_DONE:
		if (mnl_nlmsg_get_payload_len(header) >= sizeof(int))
			take_failure(exchange, *(int *)mnl_nlmsg_get_payload(header), "");
		exchange->done = true;
		break;
	case NLMSG_NOOP:
	case NLMSG_OVERRUN: break;
	default:
		if (exchange->answer && exchange->result == 0)
			exchange->result =
				exchange->answer(header, exchange->context, exchange->err);
	}
}

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/*
 * What comes next from the kernel, whose port is 0. Whoever has CAP_NET_ADMIN in a namespace can
 * write to the sockets there (netlink_sendmsg), with any number and port in the message: libmnl,
 * which does not tell who it was, is not asked.
 */
static ssize_t take_datagram(const struct netlink *netlink, void *buffer, size_t room)
{
	struct sockaddr_nl sender = { 0 };
	struct iovec part = { buffer, room };
	struct msghdr message = { .msg_name = &sender, .msg_iov = &part, .msg_iovlen = 1 };
	const time_t begun = seconds_now();
	ssize_t length;

	do {
		if (seconds_now() - begun > WAIT_SECONDS) { /* of others' alone */
			errno = EAGAIN;
			return -1;
		}
		message.msg_namelen = sizeof(sender);
		length = recvmsg(mnl_socket_get_fd(netlink->socket), &message, 0);
	} while (length < 0 ? errno == EINTR : sender.nl_pid != 0);
	if (length >= 0 && message.msg_flags & MSG_TRUNC) {
		errno = EMSGSIZE;
		return -1;
	}
	return length;
}

/* libmnl takes a length above INT_MAX for a negative one, which fits (mnl_nlmsg_ok, 1.0.5). */
static bool is_message(const struct nlmsghdr *header, int left)
{
	return mnl_nlmsg_ok(header, left) && header->nlmsg_len <= (uint32_t)left;
}

static int receive(struct netlink *netlink, struct exchange *exchange)
{
	unsigned int port = mnl_socket_get_portid(netlink->socket);
	char buffer[ANSWER_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));

	while (!exchange->done) {
		ssize_t length = take_datagram(netlink, buffer, sizeof(buffer));
		const struct nlmsghdr *header = (const struct nlmsghdr *)buffer;
		int left = (int)length;

		if (length < 0)
			return broken(netlink, errno == EAGAIN ? ETIMEDOUT : errno, "no answer",
				      exchange->err);
		for (; is_message(header, left); header = mnl_nlmsg_next(header, &left))
			if (header->nlmsg_pid == port)
				take_answer(exchange, header);
		explicit_bzero(buffer, (size_t)length); /* WireGuard's answers hold keys */
	}
	return exchange->result;
}

/* A send has to fit the socket's buffer, 208 KiB unless net.core.wmem_default says otherwise
 * (netlink_sendmsg). Root's may be larger than net.core.wmem_max, others' twice that; where it is
 * not enough, sending fails and says so.
 */
static void make_room(const struct netlink *netlink, size_t length)
{
	const int room = length < INT_MAX / 2 ? (int)length : INT_MAX / 2;

	int fd = mnl_socket_get_fd(netlink->socket);

	if (length > 64 * 1024UL &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

static int send_all(struct netlink *netlink, const void *data, size_t length, struct err *err)
{
	ssize_t sent;

	do {
		sent = mnl_socket_sendto(netlink->socket, data, length);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? broken(netlink, errno, "request not sent", err) : 0;
}

int netlink_request(struct netlink *netlink, struct nlmsghdr *request, netlink_answer *answer,
		    void *context, struct err *err)
{
	struct exchange exchange = { .answer = answer, .context = context, .err = err };

	request->nlmsg_seq = exchange.first = exchange.last = ++netlink->sequence;
	request->nlmsg_pid = 0;
	request->nlmsg_flags |= NLM_F_REQUEST;
	if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;
	if (send_all(netlink, request, request->nlmsg_len, err) < 0)
		return -1;
	return receive(netlink, &exchange);
}

#define DUMP_TRIES 5

int netlink_dump(struct netlink *netlink, struct nlmsghdr *request, netlink_answer *answer,
		 void (*forget)(void *context), void *context, struct err *err)
{
	request->nlmsg_flags |= NLM_F_DUMP;
	for (int tries = 1; netlink_request(netlink, request, answer, context, err) < 0; tries++) {
		if (err->number != EINTR || tries == DUMP_TRIES)
			return -1;
		forget(context);
	}
	return 0;
}

/*
 * Failures answer by themselves; only the last message need say that all is done. Of a transaction
 * that is the last but its end, to which the kernel answers since Linux 6.10 alone.
 */
static void number_requests(struct netlink *netlink, void *requests, size_t length,
			    bool transaction, struct exchange *exchange)
{
	struct nlmsghdr *header = requests, *last = header, *before = header;
	int left = (int)length;

	for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
		header->nlmsg_seq = ++netlink->sequence;
		header->nlmsg_pid = 0;
		header->nlmsg_flags |= NLM_F_REQUEST;
		header->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
		before = last;
		last = header;
	}
	if (transaction)
		last = before;
	last->nlmsg_flags |= NLM_F_ACK;
	exchange->last = last->nlmsg_seq;
}

static int exchange_all(struct netlink *netlink, void *requests, size_t length, bool transaction,
			struct exchange *exchange)
{
	exchange->first = netlink->sequence + 1;
	number_requests(netlink, requests, length, transaction, exchange);
	make_room(netlink, length);
	if (send_all(netlink, requests, length, exchange->err) < 0)
		return -1;
	return receive(netlink, exchange);
}

int netlink_batch(struct netlink *netlink, void *requests, size_t length, size_t *refused,
		  struct err *err)
{
	struct exchange exchange = { .err = err };

	if (exchange_all(netlink, requests, length, false, &exchange) == 0)
		return 0;
	if (exchange.refused)
		*refused = exchange.refused - exchange.first;
	return -1;
}

int netlink_transaction(struct netlink *netlink, void *requests, size_t length, struct err *err)
{
	struct exchange exchange = { .err = err };

	return exchange_all(netlink, requests, length, true, &exchange);
}

void *message_start(struct message *message, void *buffer, size_t room, uint16_t type,
		    uint16_t flags, size_t extra)
{
	message->header = mnl_nlmsg_put_header(buffer);
	message->room = room;
	message->header->nlmsg_type = type;
	message->header->nlmsg_flags = flags;
	return mnl_nlmsg_put_extra_header(message->header, extra);
}

bool message_put(struct message *message, uint16_t type, const void *data, size_t length)
{
	return mnl_attr_put_check(message->header, message->room, type, length, data);
}

bool message_put_u8(struct message *message, uint16_t type, uint8_t value)
{
	return message_put(message, type, &value, sizeof(value));
}

bool message_put_u16(struct message *message, uint16_t type, uint16_t value)
{
	return message_put(message, type, &value, sizeof(value));
}

bool message_put_u32(struct message *message, uint16_t type, uint32_t value)
{
	return message_put(message, type, &value, sizeof(value));
}

struct nlattr *message_nest(struct message *message, uint16_t type)
{
	return mnl_attr_nest_start_check(message->header, message->room, type);
}

void message_nest_end(struct message *message, struct nlattr *nest)
{
	mnl_attr_nest_end(message->header, nest);
}

void message_nest_cancel(struct message *message, struct nlattr *nest)
{
	mnl_attr_nest_cancel(message->header, nest);
}

struct attributes message_attributes(const struct nlmsghdr *header, size_t extra)
{
	size_t length = mnl_nlmsg_get_payload_len(header), skip = MNL_ALIGN(extra);

	if (length < skip)
		return (struct attributes){ 0 };
	return (struct attributes){ mnl_nlmsg_get_payload_offset(header, extra), length - skip };
}

struct attributes attribute_nest(const struct attribute *attribute)
{
	return (struct attributes){ attribute->data, attribute->size };
}

bool attribute_next(struct attributes *attributes, struct attribute *attribute)
{
	const struct nlattr *attr = attributes->next;
	size_t whole;

	if (!mnl_attr_ok(attr, (int)attributes->left))
		return false;
	*attribute = (struct attribute){
		.type = mnl_attr_get_type(attr),
		.data = mnl_attr_get_payload(attr),
		.size = mnl_attr_get_payload_len(attr),
	};
	whole = MNL_ALIGN(mnl_attr_get_len(attr));
	attributes->left -= whole < attributes->left ? whole : attributes->left;
	attributes->next = mnl_attr_next(attr);
	return true;
}

bool message_get_u16(const struct nlmsghdr *header, size_t extra, uint16_t type, uint16_t *value)
{
	struct attributes attributes = message_attributes(header, extra);
	struct attribute attribute;

	while (attribute_next(&attributes, &attribute)) {
		if (attribute.type != type || attribute.size != sizeof(*value))
			continue;
		memcpy(value, attribute.data, sizeof(*value));
		return true;
	}
	return false;
}
