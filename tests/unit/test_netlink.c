/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is made of answers that the kernel does not give, or did not send: found by tests/fuzz.
 * Nothing is sent, and what is heard is what a test says, but where too_many() asks the kernel.
 */
#include "netlink.h"

#include <errno.h>
#include <limits.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "rtnl.h"
#include "rtnl_list.h"
#include "unit.h"

#define LINK 7

struct datagram {
	uint32_t sender; /* port; 0 is the kernel's */
	uint32_t number; /* of the request in what was sent that it answers, from 0 */
	size_t length;
	bool cut; /* it was longer */
	char bytes[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct message message; /* the last in it */
};

static struct datagram heard[4];
static size_t heard_count, heard_next;
static uint32_t sequence;
static bool asks_kernel;

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *data, size_t size);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __real_mnl_socket_sendto(const struct mnl_socket *socket, const void *data, size_t size);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *data, size_t size)
{
	if (asks_kernel)
		return __real_mnl_socket_sendto(socket, data, size);
	sequence = ((const struct nlmsghdr *)data)->nlmsg_seq;
	return (ssize_t)size;
}

static void address_messages(struct datagram *datagram, int fd)
{
	struct nlmsghdr *header = (struct nlmsghdr *)datagram->bytes;
	struct sockaddr_nl own;
	socklen_t size = sizeof(own);
	int left = (int)datagram->length;

	(void)getsockname(fd, (struct sockaddr *)&own, &size);
	for (; left > 0 && mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
		header->nlmsg_seq = sequence + datagram->number;
		header->nlmsg_pid = own.nl_pid;
		if (header->nlmsg_len > sizeof(datagram->bytes))
			break;
	}
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	struct datagram *datagram = &heard[heard_next];
	struct sockaddr_nl sender = { .nl_family = AF_NETLINK };
	const struct iovec *part = message->msg_iov;

	if (asks_kernel)
		return __real_recvmsg(fd, message, flags);
	if (heard_next == heard_count) {
		errno = EAGAIN;
		return -1;
	}
	heard_next++;
	address_messages(datagram, fd);
	sender.nl_pid = datagram->sender;
	memcpy(message->msg_name, &sender, sizeof(sender));
	memcpy(part->iov_base, datagram->bytes, sizeof(datagram->bytes));
	message->msg_flags = datagram->cut ? MSG_TRUNC : 0;
	return (ssize_t)datagram->length;
}

static void hear_nothing(void)
{
	memset(heard, 0, sizeof(heard));
	heard_count = heard_next = 0;
}

/* One more datagram, of one message. */
static struct datagram *hear(uint16_t type, uint16_t flags, const void *extra, size_t size)
{
	struct datagram *datagram = &heard[heard_count++];
	void *header = message_start(&datagram->message, datagram->bytes, sizeof(datagram->bytes),
				     type, flags, size);

	memcpy(header, extra, size);
	datagram->length = datagram->message.header->nlmsg_len;
	return datagram;
}

static struct datagram *hear_error(int error, uint32_t request_length, uint16_t flags)
{
	const struct nlmsgerr refusal = { .error = error, .msg.nlmsg_len = request_length };

	return hear(NLMSG_ERROR, flags, &refusal, sizeof(refusal));
}

static void add(struct datagram *datagram, uint16_t type, const void *data, size_t size)
{
	message_put(&datagram->message, type, data, size);
	datagram->length = datagram->message.header->nlmsg_len;
}

static void hear_done(void)
{
	const int none = 0;

	hear(NLMSG_DONE, NLM_F_MULTI, &none, sizeof(none));
}

/* What comes of a request, in words; "" is success. */
static const char *ask(void)
{
	static struct err err;
	struct netlink netlink;
	char buffer[64] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct message message;

	err = (struct err){ 0 };
	message_start(&message, buffer, sizeof(buffer), RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	if (netlink_open(NETLINK_ROUTE, &netlink, &err) == 0)
		(void)netlink_request(&netlink, message.header, NULL, NULL, &err);
	netlink_close(&netlink);
	return err.line;
}

static void senders(void)
{
	hear_nothing();
	hear_error(-EPERM, 0, NLM_F_CAPPED)->sender = 4711;
	hear_error(0, 0, NLM_F_CAPPED);
	check_text("a refusal that a process sent is passed over", ask(), "");

	hear_nothing();
	hear_error(0, 0, NLM_F_CAPPED)->sender = 4711;
	hear_error(-EPERM, 0, NLM_F_CAPPED);
	check_text("and so is its success", ask(), "Operation not permitted");

	hear_nothing();
	hear_error(0, 0, NLM_F_CAPPED)->sender = 4711;
	check_text("it is no answer", ask(), "netlink: no answer: Connection timed out");
}

static void lengths(void)
{
	hear_nothing();
	hear_error(0, 0, NLM_F_CAPPED)->message.header->nlmsg_len = 0xfffffffc;
	check_text("a message longer than INT_MAX is none", ask(),
		   "netlink: no answer: Connection timed out");

	hear_nothing();
	hear_error(0, 0, NLM_F_CAPPED)->cut = true;
	check_text("a datagram that is longer than what is taken of it", ask(),
		   "netlink: no answer: Message too long");
}

static void refusals(void)
{
	struct datagram *datagram;

	hear_nothing();
	datagram = hear_error(-EINVAL, 0, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	add(datagram, NLMSGERR_ATTR_MSG, "what\nis wrong", sizeof("what\nis wrong"));
	check_text("the kernel's words", ask(), "Invalid argument (what?is wrong)");

	hear_nothing();
	datagram = hear_error(-EINVAL, NLMSG_HDRLEN, NLM_F_ACK_TLVS);
	add(datagram, NLMSGERR_ATTR_MSG, "words", sizeof("words"));
	check_text("words behind the request that was refused", ask(), "Invalid argument (words)");

	hear_nothing();
	datagram = hear_error(-EINVAL, 0, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	add(datagram, NLMSGERR_ATTR_MSG, "words", strlen("words"));
	check_text("words without an end are none", ask(), "Invalid argument");

	hear_nothing();
	hear_error(-EINVAL, 0xfffffff0, NLM_F_ACK_TLVS);
	check_text("words behind a request of 4 GiB are not looked for", ask(), "Invalid argument");

	hear_nothing();
	hear_error(-EINVAL, 0, NLM_F_ACK_TLVS);
	check_text("nor behind one of no length", ask(), "Invalid argument");

	hear_nothing();
	hear_error(INT_MIN, 0, NLM_F_CAPPED);
	check_text("an errno that has no opposite", ask(), "Protocol error");

	hear_nothing();
	hear_error(EPERM, 0, NLM_F_CAPPED);
	check_text("an errno that is none", ask(), "Protocol error");
}

/* The kernel has carried a batch out when it is sent: what it says of the rest is not waited for.
 */
static void batches(void)
{
	const struct prefix routes[] = { { AF_INET, 16, { 10, 20 } },
					 { AF_INET, 16, { 10, 21 } },
					 { AF_INET, 16, { 10, 22 } } };
	struct netlink netlink;
	struct err err;

	if (!check("a socket", netlink_open(NETLINK_ROUTE, &netlink, &err) == 0))
		return;
	hear_nothing();
	hear_error(-EEXIST, 0, NLM_F_CAPPED)->number = 1;
	check("one of a batch that is refused fails it",
	      routes_add(&netlink, LINK, 51820, routes, 3, &err) < 0 && err.number == EEXIST);
	check_text("by its name", err.line, "10.21.0.0/16: File exists");
	check("it is known what was done", !netlink.broken);

	hear_nothing();
	hear_error(-EEXIST, 0, NLM_F_CAPPED)->number = UINT32_MAX; /* the last of that batch */
	hear_error(0, 0, NLM_F_CAPPED)->number = 2;
	check("what else was said of it is passed over",
	      routes_add(&netlink, LINK, 51820, routes, 3, &err) == 0);

	hear_nothing();
	hear_error(-EEXIST, 0, NLM_F_CAPPED);
	check("one alone", routes_add(&netlink, LINK, 51820, routes, 1, &err) < 0);
	check_text("has its name in the step's line", err.line, "File exists");
	netlink_close(&netlink);
}

static void links(void)
{
	const struct ifinfomsg info = { .ifi_index = LINK };
	const uint32_t group = RTNL_GROUP;
	struct netlink netlink;
	struct datagram *datagram;
	struct link link = { 0 };
	bool found = true;
	struct err err;

	hear_nothing();
	datagram = hear(RTM_NEWLINK, NLM_F_MULTI, &info, sizeof(info));
	add(datagram, IFLA_GROUP, &group, sizeof(uint16_t));
	add(datagram, IFLA_IFNAME, "aaaaaaaaaaaaaaaaaaaa", 20);
	add(datagram, IFLA_LINKINFO | NLA_F_NESTED, "\x0e\0\1\0wireguard\0\0", 16);
	hear(RTM_NEWLINK, NLM_F_MULTI, &info, 4);
	hear_done();
	if (!check("a socket", netlink_open(NETLINK_ROUTE, &netlink, &err) == 0))
		return;
	check("a group cut short, and a link cut short",
	      link_find_ours(&netlink, &link, &found, &err) == 0);
	check("are none of ours", !found);

	hear_nothing();
	datagram = hear(RTM_NEWLINK, NLM_F_MULTI, &info, sizeof(info));
	add(datagram, IFLA_GROUP, &group, sizeof(group));
	add(datagram, IFLA_IFNAME, "aaaaaaaaaaaaaaaaaaaa", 20);
	add(datagram, IFLA_LINKINFO | NLA_F_NESTED, "\x0e\0\1\0wireguard\0\0", 16);
	hear_done();
	check("one of ours", link_find_ours(&netlink, &link, &found, &err) == 0 && found &&
				     link.ours && link.kernel && link.index == LINK);
	check_text("a name that does not end is cut", link.name, "aaaaaaaaaaaaaaa");

	hear_nothing();
	hear_error(0, 0, NLM_F_CAPPED);
	found = true;
	check("success without a link is no link",
	      link_get(&netlink, "wg0", &link, &found, &err) == 0 && !found);
	netlink_close(&netlink);
}

/* A prefix of 200 bits would be read beyond its address. */
static void prefixes(void)
{
	const struct fib_rule_hdr rule = { .family = AF_INET,
					   .dst_len = 200,
					   .action = FR_ACT_TO_TBL };
	const struct ifaddrmsg address = { .ifa_family = AF_INET,
					   .ifa_prefixlen = 33,
					   .ifa_index = LINK };
	const struct rtmsg route = { .rtm_family = AF_INET6,
				     .rtm_dst_len = 129,
				     .rtm_protocol = RTNL_PROTOCOL,
				     .rtm_type = RTN_UNICAST };
	const uint8_t bytes[16] = { 10 }, protocol = RTNL_PROTOCOL;
	const uint32_t index = LINK, table = 51820;
	struct netlink netlink;
	struct datagram *datagram;
	struct rule *rules = NULL;
	struct prefix *list = NULL;
	size_t count = 0, others = 0;
	struct err err;

	if (!check("a socket", netlink_open(NETLINK_ROUTE, &netlink, &err) == 0))
		return;
	hear_nothing();
	datagram = hear(RTM_NEWRULE, NLM_F_MULTI, &rule, sizeof(rule));
	add(datagram, FRA_DST, bytes, 4);
	add(datagram, FRA_PROTOCOL, &protocol, sizeof(protocol));
	hear_done();
	check("a rule to a prefix that is none is none of ours",
	      rules_list(&netlink, AF_INET, &rules, &count, &err) == 0 && count == 1 &&
		      rules[0].more && !rules[0].to.family);
	free(rules);

	hear_nothing();
	datagram = hear(RTM_NEWADDR, NLM_F_MULTI, &address, sizeof(address));
	add(datagram, IFA_ADDRESS, bytes, 4);
	hear_done();
	check("an address of 33 bits is none",
	      addresses_list(&netlink, LINK, &list, &count, &err) == 0 && count == 0);
	free(list);

	hear_nothing();
	datagram = hear(RTM_NEWROUTE, NLM_F_MULTI, &route, sizeof(route));
	add(datagram, RTA_DST, bytes, 16);
	add(datagram, RTA_OIF, &index, sizeof(index));
	add(datagram, RTA_TABLE, &table, sizeof(table));
	hear_done();
	check("a route to 129 bits is another's",
	      routes_list(&netlink, AF_INET6, LINK, table, &list, &count, &others, &err) == 0 &&
		      count == 0 && others == 1);
	free(list);
	netlink_close(&netlink);
}

/* More refusals than the socket has room for: the first is told, and not that others were lost. */
static void too_many(void)
{
	static char buffer[2000 * 32] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct netlink netlink = { 0 };
	struct err err = { 0 };
	size_t refused = SIZE_MAX;

	for (size_t i = 0; i < sizeof(buffer) / 32; i++) {
		struct message message;
		struct ifinfomsg *link = message_start(&message, buffer + 32 * i, 32, RTM_GETLINK,
						       0, sizeof(struct ifinfomsg));

		link->ifi_index = INT_MAX;
	}
	asks_kernel = true;
	check("a socket", netlink_open(NETLINK_ROUTE, &netlink, &err) == 0);
	check("2,000 refusals fail",
	      netlink_batch(&netlink, buffer, sizeof(buffer), &refused, &err) < 0);
	check_text("by the first of them", err.line, "No such device");
	check("which is known", refused == 0 && err.number == ENODEV && !netlink.broken);
	netlink_close(&netlink);
	asks_kernel = false;
}

int main(void)
{
	senders();
	lengths();
	refusals();
	batches();
	links();
	prefixes();
	too_many();
	return unit_done();
}
