/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink: a socket, a message under construction, a transaction. The only user of libmnl; rtnl
 * and wireguard speak through it, so that errors are the kernel's own, with its own words.
 */
#ifndef HOOK_NETLINK_H
#define HOOK_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "err.h"

struct mnl_socket;

/*
 * Zero-initialised it is closed. It belongs to the network namespace in which it was opened,
 * wherever the thread goes later. An answer is waited for 10 s; how long the kernel
 * takes to carry a request out, behind others that hold its lock, nobody can bound.
 */
struct netlink {
	struct mnl_socket *socket;
	uint32_t sequence;
	/*
	 * Set for good when a transaction broke in between: whether the kernel carried it out is
	 * not known then. After an answer, a refusal included, it is known.
	 */
	bool broken;
};

int netlink_open(int bus, struct netlink *netlink, struct err *err);
void netlink_close(struct netlink *netlink);

/* A descriptor of the network namespace it belongs to (SIOCGSKNS), the caller's to close, or -1. */
int netlink_namespace(const struct netlink *netlink, struct err *err);

/*
 * Called for each answer that is not an acknowledgement; returns 0, or -1 with *err filled in (the
 * remaining answers are read all the same).
 */
typedef int netlink_answer(const struct nlmsghdr *answer, void *context, struct err *err);

/*
 * Sends one request and reads its answers to the end. Port, sequence and NLM_F_REQUEST are set
 * here, NLM_F_ACK too unless NLM_F_DUMP is. ANSWER may be NULL. A dump that changed under way
 * fails with EINTR. err->number is the kernel's errno. What processes send is not heard.
 */
int netlink_request(struct netlink *netlink, struct nlmsghdr *request, netlink_answer *answer,
		    void *context, struct err *err);

/*
 * A dump, asked for again a few times where it changed under way, after FORGET has emptied CONTEXT
 * of what came of it.
 */
int netlink_dump(struct netlink *netlink, struct nlmsghdr *request, netlink_answer *answer,
		 void (*forget)(void *context), void *context, struct err *err);

/*
 * As netlink_request() for LENGTH bytes of requests laid one after the other, none with an answer
 * of its own: one send, and one acknowledgement for all. The kernel goes on after one that fails;
 * the first failure is reported, and the number of that request, from 0, is in *refused. Where no
 * request was refused *refused is untouched.
 */
int netlink_batch(struct netlink *netlink, void *requests, size_t length, size_t *refused,
		  struct err *err);

/*
 * The same for a transaction of nfnetlink's: the first of the requests is NFNL_MSG_BATCH_BEGIN, the
 * last NFNL_MSG_BATCH_END. The kernel carries out all of it or nothing.
 */
int netlink_transaction(struct netlink *netlink, void *requests, size_t length, struct err *err);

/* A message under construction in a buffer of the caller's. */
struct message {
	struct nlmsghdr *header;
	size_t room; /* bytes */
};

/* BUFFER is aligned for a struct nlmsghdr; EXTRA bytes of family header follow, zeroed. */
void *message_start(struct message *message, void *buffer, size_t room, uint16_t type,
		    uint16_t flags, size_t extra);

/* These return false, and change nothing, where the message is full. */
bool message_put(struct message *message, uint16_t type, const void *data, size_t length);
bool message_put_u8(struct message *message, uint16_t type, uint8_t value);
bool message_put_u16(struct message *message, uint16_t type, uint16_t value);
bool message_put_u32(struct message *message, uint16_t type, uint32_t value);

/* A nest, with NLA_F_NESTED; NULL where the message is full. Ended, or taken back whole. */
struct nlattr *message_nest(struct message *message, uint16_t type);
void message_nest_end(struct message *message, struct nlattr *nest);
void message_nest_cancel(struct message *message, struct nlattr *nest);

/* Of a message that came, behind its family header, or of a nest in it. */
struct attributes {
	const void *next;
	size_t left; /* bytes */
};

struct attribute {
	uint16_t type;
	const void *data; /* aligned for 4 bytes */
	size_t size; /* bytes */
};

/* Behind EXTRA bytes of family header. */
struct attributes message_attributes(const struct nlmsghdr *header, size_t extra);
struct attributes attribute_nest(const struct attribute *attribute);

/* The next one; false after the last, and where what follows is none. */
bool attribute_next(struct attributes *attributes, struct attribute *attribute);

/* The u16 attribute TYPE behind EXTRA bytes of family header. False when it is not there. */
bool message_get_u16(const struct nlmsghdr *header, size_t extra, uint16_t type, uint16_t *value);

#endif /* HOOK_NETLINK_H */
