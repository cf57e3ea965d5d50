package AepCommerce;

# A REST server that behaves as Adobe Commerce's order search does: searchCriteria with filters, sorting and pages, the
# last page again for each number that is larger, total_count, null for no items, a bearer token. Ends with the test.
#
#     my $commerce = AepCommerce->start(token => 'secret', orders => \@orders, answers => [503, undef]);
#
# Each of `answers` is for one request, the last one for all that follow: a status, or nothing for the search.

use strict;
use warnings;

use IO::Socket::INET ();
use JSON::PP ();

my %owner_of;

sub start {
    my ($class, %options) = @_;
    my $listening = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, Proto => 'tcp') or die "listen: $@";
    my $self = bless { port => $listening->sockport, orders => [], answers => [undef], %options }, $class;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{PIPE} = 'IGNORE';
        $self->_serve($listening);
    }
    $owner_of{$pid} = $$;
    return $self;
}

sub url { return "http://127.0.0.1:$_[0]{port}" }

sub _serve {
    my ($self, $listening) = @_;
    my @answers = @{ $self->{answers} };
    while (1) {
        my $connection = $listening->accept or next;
        my $header = '';
        while (defined(my $line = <$connection>)) {
            last if $line eq "\r\n";
            $header .= $line;
        }
        my ($status, $body) = $self->_answer($header, @answers > 1 ? shift @answers : $answers[0]);
        my $text = JSON::PP->new->utf8->canonical->encode($body);
        print {$connection} "HTTP/1.1 $status Some words\r\nContent-Type: application/json; charset=utf-8\r\n"
            . 'Content-Length: ' . length($text) . "\r\nConnection: close\r\n\r\n$text";
        close $connection;
    }
    return;
}

sub _answer {
    my ($self, $header, $status) = @_;
    return ($status, { message => "status $status" }) if $status;
    my ($path, $query) = $header =~ m{\AGET ([^\s?]+)\?(\S*) HTTP/1\.1\r$}m;
    return (404, { message => 'Request does not match any route.' }) if ($path // '') ne '/rest/V1/orders';
    return (401, { message => "The consumer isn't authorized to access %resources." })
        if $header !~ /^Authorization: Bearer \Q$self->{token}\E\r$/m;
    my %field = map { s/%([0-9A-F]{2})/chr hex $1/gier } map { split /=/, $_, 2 } split /&/, $query;
    return (200, $self->_search(%field));
}

my %condition = (
    gt   => sub { $_[0] > $_[1] },
    gteq => sub { $_[0] ge $_[1] },
    lt   => sub { $_[0] lt $_[1] },
);

sub _search {
    my ($self, %field) = @_;
    my @found = @{ $self->{orders} };
    for my $group (0 .. 9) {
        my $name = "searchCriteria[filterGroups][$group][filters][0]";
        my $column = $field{"$name\[field]"} // last;
        my $is_met = $condition{ $field{"$name\[conditionType]"} };
        @found = grep { $is_met->($_->{$column}, $field{"$name\[value]"}) } @found;
    }
    my $sorted_by = $field{'searchCriteria[sortOrders][0][field]'} // 'increment_id';
    @found = sort { $a->{$sorted_by} <=> $b->{$sorted_by} } @found;
    my $size  = $field{'searchCriteria[pageSize]'};
    my $pages = @found ? int((@found + $size - 1) / $size) : 1;
    my $page  = $field{'searchCriteria[currentPage]'};
    $page = $pages if $page > $pages;
    my @items = grep { defined } @found[ ($page - 1) * $size .. $page * $size - 1 ];
    return { items => @items ? \@items : undef, search_criteria => {}, total_count => scalar @found };
}

END {
    for my $pid (grep { $owner_of{$_} == $$ } keys %owner_of) {
        local $?;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

1;
